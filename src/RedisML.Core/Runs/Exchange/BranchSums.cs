using System.Runtime.InteropServices;

namespace RedisML.Runs.Exchange;

/// <summary>Adds up what nodes contributed: of each the sums of the branches of its share, doubles, little-endian,
/// vector after vector.</summary>
internal static class BranchSums
{
    /// <summary>So many numbers at once stay in the cache.</summary>
    const int SliceLength = 1 << 11;

    /// <param name="payloads">What each node contributed, in the order of shares.</param>
    /// <param name="sum">Takes the sum; it is as long as a vector.</param>
    public static void Combine(IReadOnlyList<ReadOnlyMemory<byte>> payloads, int leaves, Span<double> sum)
    {
        int length = sum.Length;
        var branches = new List<Branch>();
        var vectors = new List<ReadOnlyMemory<byte>>();
        for (int rank = 0; rank < payloads.Count; rank++)
        {
            int position = 0;
            foreach (var branch in LeafTree.Branches(Share.Of(leaves, rank, payloads.Count), leaves))
            {
                branches.Add(branch);
                vectors.Add(payloads[rank].Slice(position, length * sizeof(double)));
                position += length * sizeof(double);
            }
        }
        for (int start = 0; start < length; start += SliceLength)
        {
            int first = start, width = Math.Min(SliceLength, length - start);
            LeafTree.Combine(branches, leaves, index =>
                MemoryMarshal.Cast<byte, double>(vectors[index].Span).Slice(first, width), sum.Slice(start, width));
        }
    }
}
