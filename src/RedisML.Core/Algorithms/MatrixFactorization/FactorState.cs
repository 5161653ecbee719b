using System.IO.Hashing;
using System.Runtime.InteropServices;
using RedisML.Errors;
using RedisML.Numerics;
using RedisML.Runs.Exchange;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The vectors as far as they are solved: what checkpoints hold.</summary>
internal sealed class FactorState : IReplicatedState
{
    readonly int _width;

    /// <param name="seed">Draws the items' first vectors, from −½ to ½.</param>
    public FactorState(RatingMatrix ratings, int factors, int width, int seed)
    {
        _width = width;
        Users = new double[(long)ratings.Users.Length * width];
        Items = new double[(long)ratings.Items.Length * width];
        for (int item = 0; item < ratings.Items.Length; item++)
        {
            for (int factor = 0; factor < factors; factor++)
            {
                ulong hash = SplitMix64.Mix(SplitMix64.Mix(((ulong)(uint)seed << 32) + (uint)item) + (uint)factor);
                Items[item * width + factor] = (hash >> 11) * (1.0 / (1L << 53)) - 0.5;
            }
        }
        // Nodes that read other ratings than the others are found out at once.
        Digest = XxHash3.HashToUInt64(MemoryMarshal.AsBytes<float>(ratings.ByUser.Values),
            (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes<int>(ratings.ByUser.Indices)));
    }

    /// <summary>[users, width].</summary>
    public double[] Users { get; }

    /// <summary>[items, width].</summary>
    public double[] Items { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; private set; }

    /// <summary>The loss after the last whole iteration, not divided by anything.</summary>
    public double Loss { get; private set; }

    /// <summary>The same of the items of this iteration so far.</summary>
    double PartialLoss { get; set; }

    public ulong Digest { get; private set; }

    /// <summary>Takes over what all nodes solved: leaf by leaf the vectors and the loss.</summary>
    /// <param name="roundItems">Whether items are rounded as they are stored.</param>
    public void Take(FactorStep step, IReadOnlyList<ReadOnlyMemory<byte>> payloads, bool roundItems)
    {
        var table = step.OfItems ? Items : Users;
        var hash = new XxHash3((long)Digest);
        int leaf = 0;
        foreach (var payload in payloads)
        {
            hash.Append(payload.Span);
            for (var rest = MemoryMarshal.Cast<byte, double>(payload.Span); rest.Length > 0; leaf++)
            {
                int first = step.LeafStart(leaf), length = (step.LeafStart(leaf + 1) - first) * _width;
                rest[..length].CopyTo(table.AsSpan(first * _width, length));
                PartialLoss += rest[length];
                rest = rest[(length + 1)..];
            }
        }
        if (leaf != FactorStep.Leaves) throw new InvalidDataException($"Of {FactorStep.Leaves} leaves {leaf} were solved.");
        Digest = hash.GetCurrentHashAsUInt64();
        Step++;
        if (!step.OfItems || !step.IsLast) return;
        (Loss, PartialLoss) = (PartialLoss, 0);
        if (!double.IsFinite(Loss))
            throw new RedisMLException("LossNotFinite", ErrorKind.InvalidData,
                "The loss isn't finite; look for very large ratings, or raise the option Regularization.", null);
        if (!roundItems) return;
        foreach (ref double value in Items.AsSpan()) value = (float)value;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Step);
        writer.Write(Loss);
        writer.Write(PartialLoss);
        writer.Write(Digest);
        writer.Write(MemoryMarshal.AsBytes<double>(Users));
        writer.Write(MemoryMarshal.AsBytes<double>(Items));
    }

    public void Read(BinaryReader reader)
    {
        (Step, Loss, PartialLoss, Digest) = (reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadUInt64());
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(Users.AsSpan()));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(Items.AsSpan()));
    }
}
