using System.IO.Hashing;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Arrays;
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
        bool hasMean = column.Type.IsNumeric && s.Count > 0;
        return new(dataset.Name, column.Name, column.Type, s.Count, s.Missing, hasMean ? s.Mean : null, hasMean ? s.StandardDeviation : null,
            ToObject(s.Minimum, column.Type), ToObject(s.Maximum, column.Type), distinct);
    }

    static object? ToObject(double? value, ColumnType type) => type.Kind switch
    {
        _ when value is null => null,
        TypeKind.Date32 => TimestampUnits.ToObject((long)value * 86_400, ColumnType.Timestamp(TimestampUnit.Second)),
        TypeKind.Timestamp => TimestampUnits.ToObject((long)value, type),
        _ => value,
    };

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
            case FloatArray or DoubleArray or Decimal32Array:
                for (int i = 0; i < array.Length; i++)
                    if (ArrowValues.TryGetDouble(array, i, out double value)) counter.Add(Hash(value == 0 ? 0 : BitConverter.DoubleToInt64Bits(value)));
                break;
            case BooleanArray booleans:
                for (int i = 0; i < booleans.Length; i++)
                    if (booleans.GetValue(i) is bool value) counter.Add(Hash(value ? 1 : 0));
                break;
            case BinaryArray or FixedSizeBinaryArray:
                for (int i = 0; i < array.Length; i++)
                    if (ArrowValues.TryGetBytes(array, i, out var bytes)) counter.Add(XxHash3.HashToUInt64(bytes));
                break;
            case ListArray lists:
                for (int i = 0; i < lists.Length; i++)
                    if (!lists.IsNull(i)) counter.Add(HashList(lists, i));
                break;
            case UInt64Array or Date32Array or TimestampArray:
                for (int i = 0; i < array.Length; i++)
                    if (!array.IsNull(i)) counter.Add(Hash(array switch { UInt64Array a => (long)a.Values[i], Date32Array a => a.Values[i], _ => ((TimestampArray)array).Values[i] }));
                break;
            default:
                for (int i = 0; i < array.Length; i++)
                    if (ArrowValues.TryGetInt64(array, i, out long value)) counter.Add(Hash(value));
                break;
        }
    }

    /// <summary>Of the numbers as doubles, as their width may differ from chunk to chunk.</summary>
    static ulong HashList(ListArray lists, int row)
    {
        var (values, start, count) = ArrowValues.ListAt(lists, row);
        var numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = ArrowValues.TryGetDouble(values, start + i, out double value) ? value : double.NaN;
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes<double>(numbers));
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
