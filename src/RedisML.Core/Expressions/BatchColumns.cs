using Apache.Arrow;
using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Expressions;

/// <summary>The columns of some rows by name, stored and derived; each is decoded or computed when first asked for.</summary>
/// <remarks>Dispose gives their memory back, for the next chunk.</remarks>
internal sealed class BatchColumns : IDisposable
{
    readonly RecordBatch? _batch;
    readonly DerivedColumns _derived;
    readonly Dictionary<string, ColumnVector> _columns;
    ColumnDecoder? _decoder;

    /// <summary>The columns of a chunk.</summary>
    public BatchColumns(RecordBatch batch, DerivedColumns derived) =>
        (_batch, _derived, _columns, Length) = (batch, derived, new(StringComparer.Ordinal), batch.Length);

    /// <summary>Columns that are decoded already.</summary>
    public BatchColumns(IReadOnlyDictionary<string, ColumnVector> stored, int rows, DerivedColumns derived) =>
        (_derived, _columns, Length) = (derived, new(stored, StringComparer.Ordinal), rows);

    /// <summary>What an encoder keeps for when the same columns come again with other values.</summary>
    public object? Scratch { get; set; }

    /// <summary>The number of rows.</summary>
    public int Length { get; }

    public ColumnVector this[string name]
    {
        get
        {
            if (!_columns.TryGetValue(name, out var column)) _columns[name] = column = Read(name);
            return column;
        }
    }

    public void Dispose() => _decoder?.Dispose();

    ColumnVector Read(string name)
    {
        if (_derived.Find(name) is { } expression) return expression.Evaluate(column => this[column], Length);
        int index = _batch?.Schema.GetFieldIndex(name, StringComparer.Ordinal) ?? -1;
        return index >= 0 ? (_decoder ??= new()).Decode(_batch!.Column(index), name)
            : throw NearestName.NotFound("ColumnNotFound", "column", name, _batch?.Schema.FieldsList.Select(f => f.Name) ?? _columns.Keys);
    }
}
