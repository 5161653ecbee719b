using System.IO.Hashing;
using System.Runtime.InteropServices;
using Apache.Arrow;
using RedisML.Connections;
using RedisML.Datasets.Columns;

namespace RedisML.Datasets;

/// <summary>Summarises the columns of a dataset in one pass.</summary>
public sealed class DatasetSummary(RedisMLConnection connection)
{
    /// <summary>One summary a column, in the dataset's order.</summary>
    /// <param name="rows">Told the rows read so far.</param>
    public async Task<IReadOnlyList<ColumnSummary>> RunAsync(Dataset dataset, IProgress<long>? rows, CancellationToken cancellation)
    {
        var distinct = dataset.Columns.Select(_ => new DistinctCounter()).ToArray();
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation).ConfigureAwait(false))
            using (chunk)
            {
                Parallel.For(0, distinct.Length, i => Add(distinct[i], chunk.Batch.Column(i)));
                rows?.Report(chunk.FirstRow + chunk.Batch.Length);
            }
        return [.. dataset.Columns.Zip(distinct, (column, counter) => Summarise(dataset, column, counter.Count))];
    }

    static ColumnSummary Summarise(Dataset dataset, DatasetColumn column, long distinct)
    {
        var s = column.Statistics;
        bool isNumber = column.Type != ColumnType.Utf8 && s.Count > 0;
        return new(dataset.Name, column.Name, column.Type, s.Count, s.Missing,
            isNumber ? s.Mean : null, isNumber ? s.StandardDeviation : null, s.Minimum, s.Maximum, distinct);
    }

    static void Add(DistinctCounter counter, IArrowArray array)
    {
        switch (array)
        {
            case DictionaryArray { Dictionary: StringArray values } dictionary:
                // Every entry of a chunk's dictionary occurs in the chunk.
                for (int i = 0; i < values.Length; i++) counter.Add(XxHash3.HashToUInt64(values.GetBytes(i)));
                break;
            case StringArray text:
                for (int i = 0; i < text.Length; i++)
                    if (!text.IsNull(i)) counter.Add(XxHash3.HashToUInt64(text.GetBytes(i)));
                break;
            case FloatArray or DoubleArray:
                for (int i = 0; i < array.Length; i++)
                    if (ArrowValues.TryGetDouble(array, i, out double value)) counter.Add(Hash(value == 0 ? 0 : BitConverter.DoubleToInt64Bits(value)));
                break;
            case BooleanArray booleans:
                for (int i = 0; i < booleans.Length; i++)
                    if (booleans.GetValue(i) is bool value) counter.Add(Hash(value ? 1 : 0));
                break;
            default:
                for (int i = 0; i < array.Length; i++)
                    if (ArrowValues.TryGetInt64(array, i, out long value)) counter.Add(Hash(value));
                break;
        }
    }

    static ulong Hash(long value) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));
}

/// <summary>Counts different values by their hashes, in bounded memory.</summary>
/// <remarks>
/// Keeps the least hashes. While all fit, the count is exact; afterwards it follows from how densely the kept ones lie (Bar-Yossef et
/// al.: Counting distinct elements in a data stream, 2002), with a relative standard error of 1/√16,384 = 0.8 %.
/// </remarks>
sealed class DistinctCounter
{
    internal const int Capacity = 1 << 14;

    readonly HashSet<ulong> _kept = [];
    readonly PriorityQueue<ulong, ulong> _largest = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));

    public long Count => _kept.Count < Capacity ? _kept.Count : (long)Math.Round((Capacity - 1) / ((_largest.Peek() + 1.0) / ulong.MaxValue));

    public void Add(ulong hash)
    {
        if (_kept.Count == Capacity && hash >= _largest.Peek()) return;
        if (!_kept.Add(hash)) return;
        _largest.Enqueue(hash, hash);
        if (_kept.Count > Capacity) _kept.Remove(_largest.Dequeue());
    }
}
