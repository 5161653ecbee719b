using Apache.Arrow;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Formats.Objects;

namespace RedisML.Prediction;

/// <summary>Some rows to predict, or to judge predictions by: a chunk of a dataset, an Arrow batch, or objects. Dispose gives memory back.</summary>
/// <remarks>Columns are decoded when first asked for, and once for whoever asks with the same derived columns.</remarks>
public sealed class RowBatch : IDisposable
{
    BatchColumns? _columns;
    DerivedColumns? _derived;

    RowBatch(RecordBatch batch) => Batch = batch;

    /// <summary>The number of rows.</summary>
    public int Rows => Batch.Length;

    internal RecordBatch Batch { get; }

    /// <summary>The rows of a chunk, which must outlive this.</summary>
    public static RowBatch Of(DatasetChunk chunk) => new(chunk.Batch);

    /// <summary>The rows of an Arrow batch, which must outlive this.</summary>
    public static RowBatch Of(RecordBatch batch) => new(batch);

    /// <summary>Rows as names and values; what a row lacks is missing.</summary>
    /// <param name="signature">Says which columns are wanted, and their types.</param>
    /// <exception cref="RedisMLException"><c>SignatureMismatch</c>: no row has a column, or a value isn't of its type.</exception>
    public static RowBatch Of(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows, ModelSignature signature)
    {
        var fields = new List<Field>();
        var arrays = new List<IArrowArray>();
        foreach (var input in signature.Inputs)
        {
            var builder = ColumnBuilder.Create(input.Type);
            var value = new ObjectValue(input.Type, builder);
            bool isKnown = false;
            foreach (var row in rows)
            {
                isKnown |= row.TryGetValue(input.Name, out var given);
                if (given is null) builder.AppendNull();
                else if (!value.TryAppend(given))
                    throw new RedisMLException("SignatureMismatch", ErrorKind.InvalidData, $"'{given}' in column '{input.Name}' is no {input.Type}.", input.Name);
            }
            if (!isKnown && rows.Count > 0) continue; // the signature's check lists all that is missing
            var array = builder.Build().Array;
            arrays.Add(array);
            fields.Add(new(input.Name, array.Data.DataType, nullable: true));
        }
        return new(new RecordBatch(new Schema(fields, null), arrays, rows.Count));
    }

    public void Dispose() => _columns?.Dispose();

    /// <summary>The names and logical types of the columns; null for a type that no dataset has.</summary>
    internal Dictionary<string, ColumnType?> Types() =>
        Batch.Schema.FieldsList.ToDictionary(field => field.Name, field => ArrowTypes.ToColumnType(field.DataType), StringComparer.Ordinal);

    internal BatchColumns Columns(DerivedColumns derived)
    {
        if (_derived == derived) return _columns!;
        _columns?.Dispose();
        _derived = derived;
        return _columns = new(Batch, derived);
    }
}
