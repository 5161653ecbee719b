using Apache.Arrow;
using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Expressions;

/// <summary>The columns of a chunk by name, stored and derived; each is decoded or computed when first asked for.</summary>
/// <remarks>Dispose gives their memory back, for the next chunk.</remarks>
internal sealed class BatchColumns(RecordBatch batch, DerivedColumns derived) : IDisposable
{
    readonly ColumnDecoder _decoder = new();
    readonly Dictionary<string, ColumnVector> _columns = new(StringComparer.Ordinal);

    /// <summary>The number of rows.</summary>
    public int Length => batch.Length;

    public ColumnVector this[string name]
    {
        get
        {
            if (!_columns.TryGetValue(name, out var column)) _columns[name] = column = Read(name);
            return column;
        }
    }

    public void Dispose() => _decoder.Dispose();

    ColumnVector Read(string name)
    {
        if (derived.Find(name) is { } expression) return expression.Evaluate(column => this[column], batch.Length);
        int index = batch.Schema.GetFieldIndex(name, StringComparer.Ordinal);
        return index >= 0 ? _decoder.Decode(batch.Column(index), name)
            : throw new RedisMLException("SignatureMismatch", ErrorKind.InvalidData, $"A chunk has no column '{name}'.", name);
    }
}
