using Apache.Arrow;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Expressions;

namespace RedisML.Prediction;

/// <summary>Some rows to predict, or to judge predictions by: a chunk of a dataset, an Arrow batch, or the rows of a
/// <see cref="RowBuffer"/>. Dispose gives memory back.</summary>
/// <remarks>Columns are decoded when first asked for, and once for whoever asks with the same derived columns.</remarks>
public sealed class RowBatch : IDisposable
{
    readonly RecordBatch? _batch;
    readonly Dictionary<string, ColumnVector>? _vectors;
    readonly ModelSignature? _madeFor;
    BatchColumns? _columns;
    DerivedColumns? _derived;

    RowBatch(RecordBatch batch) => (_batch, Rows) = (batch, batch.Length);

    RowBatch(Dictionary<string, ColumnVector> vectors, int rows, ModelSignature madeFor) =>
        (_vectors, Rows, _madeFor) = (vectors, rows, madeFor);

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The rows of a chunk, which must outlive this.</summary>
    public static RowBatch Of(DatasetChunk chunk) => new(chunk.Batch);

    /// <summary>The rows of an Arrow batch, which must outlive this.</summary>
    public static RowBatch Of(RecordBatch batch) => new(batch);

    /// <summary>The inputs of a model, decoded.</summary>
    internal static RowBatch Of(Dictionary<string, ColumnVector> vectors, int rows, ModelSignature signature) =>
        new(vectors, rows, signature);

    public void Dispose() => _columns?.Dispose();

    /// <summary>Whether the rows were made for this model, so that there is nothing to check.</summary>
    internal bool IsMadeFor(ModelSignature signature) => _madeFor == signature;

    /// <summary>The names and logical types of the columns; null for a type that no dataset has.</summary>
    internal Dictionary<string, ColumnType?> Types() => _batch is null
        ? _vectors!.ToDictionary(column => column.Key, column => (ColumnType?)column.Value.Type, StringComparer.Ordinal)
        : _batch.Schema.FieldsList.ToDictionary(field => field.Name, field =>
            ArrowTypes.ToColumnType(field.DataType), StringComparer.Ordinal);

    internal BatchColumns Columns(DerivedColumns derived)
    {
        if (_derived == derived) return _columns!;
        _columns?.Dispose();
        _derived = derived;
        return _columns = _batch is null ? new(_vectors!, Rows, derived) : new(_batch, derived);
    }
}
