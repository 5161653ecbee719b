using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Training;

namespace RedisML.Unit.Training;

/// <summary>A small dataset in memory. Its chunks vary the physical types, as chunks of real datasets do.</summary>
sealed class TestTable
{
    readonly List<(ColumnSchema Schema, object?[] Values)> _columns = [];

    public int Rows => _columns[0].Values.Length;

    public IReadOnlyList<ColumnSchema> Schema => [.. _columns.Select(c => c.Schema)];

    public TestTable Add(string name, IEnumerable<long?> values) => Add(name, ColumnType.Int64, values.Cast<object?>());

    public TestTable Add(string name, IEnumerable<double?> values) => Add(name, ColumnType.Float64, values.Cast<object?>());

    public TestTable Add(string name, IEnumerable<bool?> values) => Add(name, ColumnType.Boolean, values.Cast<object?>());

    public TestTable Add(string name, IEnumerable<string?> values) => Add(name, ColumnType.Utf8, values);

    public TestTable Add(string name, ColumnType type, IEnumerable<object?> values)
    {
        _columns.Add((new(name, type), [.. values]));
        return this;
    }

    public IReadOnlyList<object?> Column(string name) => _columns.Single(c => c.Schema.Name == name).Values;

    /// <summary>The rows for which <paramref name="keep"/> is true.</summary>
    public TestTable Where(Func<int, bool> keep)
    {
        var part = new TestTable();
        foreach (var (schema, values) in _columns) part.Add(schema.Name, schema.Type, values.Where((_, row) => keep(row)));
        return part;
    }

    public RecordBatch Batch() => Batch(0, Rows, 0);

    public IReadOnlyList<DatasetChunk> Chunks(int chunkRows) => [.. Enumerable.Range(0, (Rows + chunkRows - 1) / chunkRows).Select(index =>
    {
        int start = index * chunkRows, rows = Math.Min(chunkRows, Rows - start);
        return new DatasetChunk(index, start, rows, () => Batch(start, rows, index), null);
    })];

    /// <summary>Trains on threads of its own.</summary>
    public Task<TrainingResult> TrainAsync(TrainingSpecification specification, int workerCount = 2, int chunkRows = 700) =>
        new TrainingSession(specification, Schema, new MemoryChunks(Chunks(chunkRows)), workerCount)
            .RunAsync(TestContext.Current.CancellationToken);

    RecordBatch Batch(int start, int rows, int variant)
    {
        var arrays = _columns.Select(c => Build(c.Schema.Type, c.Values.AsSpan(start, rows), variant)).ToList();
        return new(new Schema(_columns.Zip(arrays, (c, a) => new Field(c.Schema.Name, a.Data.DataType, nullable: true)), null), arrays,
            rows);
    }

    static IArrowArray Build(ColumnType type, ReadOnlySpan<object?> values, int variant)
    {
        switch (type.Kind)
        {
            case TypeKind.Int64 when variant % 2 == 0:
                var longs = new Int64Array.Builder();
                foreach (var value in values) longs.Append((long?)value);
                return longs.Build();
            case TypeKind.Int64:
                var ints = new Int32Array.Builder();
                foreach (var value in values) ints.Append((int?)(long?)value);
                return ints.Build();
            case TypeKind.Float64:
                var doubles = new DoubleArray.Builder();
                foreach (var value in values) doubles.Append((double?)value);
                return doubles.Build();
            case TypeKind.Boolean:
                var booleans = new BooleanArray.Builder();
                foreach (var value in values) _ = value is bool boolean ? booleans.Append(boolean) : booleans.AppendNull();
                return booleans.Build();
            case TypeKind.Utf8 when variant % 2 == 0:
                return Dictionary(values);
            default:
                var texts = new StringArray.Builder();
                foreach (var value in values) texts.Append((string?)value);
                return texts.Build();
        }
    }

    static DictionaryArray Dictionary(ReadOnlySpan<object?> values)
    {
        var indices = new Int16Array.Builder();
        var levels = new List<string>();
        foreach (var value in values)
        {
            if (value is not string text)
            {
                indices.AppendNull();
                continue;
            }
            if (!levels.Contains(text)) levels.Add(text);
            indices.Append((short)levels.IndexOf(text));
        }
        return new(new DictionaryType(Int16Type.Default, StringType.Default, false), indices.Build(), new StringArray.Builder()
            .AppendRange(levels).Build());
    }
}

/// <summary>Chunks in memory, for workers to take.</summary>
sealed class MemoryChunks(IReadOnlyList<DatasetChunk> chunks) : ITrainingChunks
{
    int _taken = -1;

    public long Rows => chunks.Sum(c => (long)c.Rows);

    public DatasetChunk? Take(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Interlocked.Increment(ref _taken) is var index && index < chunks.Count ? chunks[index] : null;
    }
}
