using System.Runtime.InteropServices;

namespace RedisML.Training;

/// <summary>The sums of the branches of a share as bytes: doubles, little-endian, vector after vector.</summary>
internal static class BranchSums
{
    public static byte[] ToBytes(IReadOnlyList<Memory<double>> vectors)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(vectors.Sum(vector => vector.Length) * sizeof(double));
        int position = 0;
        foreach (var vector in vectors)
        {
            MemoryMarshal.AsBytes(vector.Span).CopyTo(bytes.AsSpan(position));
            position += vector.Length * sizeof(double);
        }
        return bytes;
    }

    /// <summary>The sum of what all nodes contributed.</summary>
    /// <param name="payloads">Of each node, in the order of shares.</param>
    /// <param name="length">The numbers of a vector.</param>
    public static Memory<double> Combine(IReadOnlyList<ReadOnlyMemory<byte>> payloads, int length, int leaves)
    {
        var branches = new List<Branch>();
        var vectors = new List<Memory<double>>();
        for (int rank = 0; rank < payloads.Count; rank++)
        {
            int position = 0;
            foreach (var branch in LeafTree.Branches(Share.Of(leaves, rank, payloads.Count), leaves))
            {
                var vector = new double[length];
                payloads[rank].Span.Slice(position, length * sizeof(double)).CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
                position += length * sizeof(double);
                branches.Add(branch);
                vectors.Add(vector);
            }
        }
        return LeafTree.Combine(branches, vectors, leaves);
    }
}
