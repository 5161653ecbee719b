using Apache.Arrow;
using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Datasets;

/// <summary>A chunk in memory. Its arrays are valid until it is disposed.</summary>
public sealed class DatasetChunk : IDisposable
{
    readonly Lazy<RecordBatch> _batch;
    readonly IDisposable? _memory;

    /// <param name="decode">Run by whoever first looks at the rows, on its thread.</param>
    /// <param name="memory">What the rows lie in.</param>
    internal DatasetChunk(int index, long firstRow, int rows, Func<RecordBatch> decode, IDisposable? memory)
    {
        (Index, FirstRow, Rows, _memory) = (index, firstRow, rows, memory);
        _batch = new(decode, LazyThreadSafetyMode.ExecutionAndPublication);
    }

    /// <summary>The position among the dataset's chunks.</summary>
    public int Index { get; }

    /// <summary>The number of its first row in the dataset, from 0.</summary>
    public long FirstRow { get; }

    public int Rows { get; }

    internal RecordBatch Batch => _batch.Value;

    /// <summary>Of its columns, where the rows lie one by one; null for a chunk that was written as one.</summary>
    internal IReadOnlyList<ColumnStatistics>? Statistics { get; init; }

    /// <summary>
    /// A value of a column of the type <paramref name="type"/>: integers as long (of UInt64: ulong), numbers as double (of Float32: float),
    /// decimals as decimal, dates as DateTime, timestamps as DateTime or DateTimeOffset, binary as byte[], lists as arrays;
    /// null where it is missing.
    /// </summary>
    /// <exception cref="RedisMLException"><c>TimestampOutOfRange</c>: a date or timestamp beyond .NET's years.</exception>
    public object? Value(int column, int row, ColumnType type)
    {
        var value = ArrowValues.GetObject(Batch.Column(column), row, type);
        if (!type.IsTime || value is not long count) return value;
        string units = type.Kind == TypeKind.Date32 ? "days" : $"{type.Unit.ToString().ToLowerInvariant()}s";
        string name = Batch.Schema.GetFieldByIndex(column).Name;
        throw new RedisMLException("TimestampOutOfRange", ErrorKind.InvalidData,
            $"Column '{name}', row {FirstRow + row + 1:N0}: {count} {units} since 1970 is a time before the year 1 or after 9999, which " +
            ".NET doesn't have; leave the column out (-Column), or export to Arrow or Parquet.", name);
    }

    /// <summary>Which of its rows are among <paramref name="rows"/> from <paramref name="firstRow"/> on: from one,
    /// up to but without another.</summary>
    public (int From, int To) Within(long firstRow, long rows)
    {
        long end = rows > long.MaxValue - firstRow ? long.MaxValue : firstRow + rows;
        int from = (int)Math.Clamp(firstRow - FirstRow, 0, Rows);
        return (from, (int)Math.Clamp(end - FirstRow, from, Rows));
    }

    public void Dispose()
    {
        if (_batch.IsValueCreated) _batch.Value.Dispose();
        _memory?.Dispose();
    }
}
