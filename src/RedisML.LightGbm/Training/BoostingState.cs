using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using RedisML.Runs.Exchange;

namespace RedisML.LightGbm.Training;

/// <summary>What a training has come to: the bins, and the trees so far. Everything else follows from it and the rows.</summary>
sealed class BoostingState : IReplicatedState
{
    readonly List<string> _trees = [];
    readonly List<double> _losses = [];
    readonly List<double> _validationLosses = [];
    ulong _digest;

    /// <summary>What makes datasets of the same bins; empty before it is known.</summary>
    public byte[] Reference { get; private set; } = [];

    /// <summary>A text of the library with one iteration, of which header and parameters are those of the model.</summary>
    public string Template { get; private set; } = "";

    /// <summary>The text of each tree, an iteration's after the other's.</summary>
    public IReadOnlyList<string> Trees => _trees;

    /// <summary>How many iterations there are.</summary>
    public int Iterations => _losses.Count;

    /// <summary>The metric of the training rows after each iteration; NaN where it wasn't measured.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>The same of the validation rows; empty where there are none.</summary>
    public IReadOnlyList<double> ValidationLosses => _validationLosses;

    /// <summary>Whether the greatest metric is the best.</summary>
    public bool IsGreaterBetter { get; private set; }

    /// <summary>Whether there is nothing left to split.</summary>
    public bool IsFinished { get; private set; }

    public ulong Digest => _digest;

    /// <summary>The best iteration, from 0: that of the best validation loss, or else the last.</summary>
    public int Best => _validationLosses.Count == 0 ? Iterations - 1
        : _validationLosses.IndexOf(IsGreaterBetter ? _validationLosses.Max() : _validationLosses.Min());

    public void SetReference(byte[] reference)
    {
        Reference = reference;
        Mix(reference);
    }

    public void Add(GrownTrees grown)
    {
        IsFinished = grown.IsLast;
        IsGreaterBetter = grown.IsGreaterBetter;
        if (Template.Length == 0) Template = grown.Template;
        foreach (var tree in grown.Trees)
        {
            _trees.Add(tree);
            Mix(Encoding.UTF8.GetBytes(tree));
        }
        if (grown.Trees.Count == 0)
        {
            // Nothing was added: it is that of the iteration before.
            if (_losses.Count > 0) _losses[^1] = grown.Loss;
            return;
        }
        _losses.Add(grown.Loss);
        if (!double.IsNaN(grown.ValidationLoss)) _validationLosses.Add(grown.ValidationLoss);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_digest);
        writer.Write(IsFinished);
        writer.Write(IsGreaterBetter);
        writer.Write(Reference.Length);
        writer.Write(Reference);
        writer.Write(Template);
        writer.Write(_trees.Count);
        foreach (var tree in _trees) writer.Write(tree);
        Write(_losses);
        Write(_validationLosses);

        void Write(List<double> values)
        {
            writer.Write(values.Count);
            writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)));
        }
    }

    public void Read(BinaryReader reader)
    {
        _trees.Clear();
        _digest = reader.ReadUInt64();
        (IsFinished, IsGreaterBetter) = (reader.ReadBoolean(), reader.ReadBoolean());
        Reference = reader.ReadBytes(reader.ReadInt32());
        Template = reader.ReadString();
        for (int count = reader.ReadInt32(); count > 0; count--) _trees.Add(reader.ReadString());
        Read(_losses);
        Read(_validationLosses);

        void Read(List<double> values)
        {
            values.Clear();
            for (int count = reader.ReadInt32(); count > 0; count--) values.Add(reader.ReadDouble());
        }
    }

    void Mix(ReadOnlySpan<byte> bytes) => _digest = XxHash3.HashToUInt64(bytes, (long)_digest);
}
