using System.Text;
using RedisML.Columns;

namespace RedisML.Prediction;

/// <summary>Collects rows for a model as they come, from objects or from text, in memory that the next rows use again.
/// For one thread.</summary>
public sealed class RowBuffer
{
    readonly ModelSignature _signature;
    readonly InputColumn[] _columns;
    readonly Dictionary<string, int> _places;
    readonly bool _keepsBatch;
    RowBatch? _batch;

    public RowBuffer(ModelSignature signature)
    {
        _signature = signature;
        _keepsBatch = signature.ReadsInputsAlone;
        _columns = [.. signature.Inputs.Select(InputColumn.Create)];
        _places = _columns.Index().ToDictionary(column => column.Item.Schema.Name, column => column.Index, StringComparer.Ordinal);
    }

    /// <summary>Stands for a value that a row doesn't have, where null is one that is missing.</summary>
    public static object Absent { get; } = new();

    /// <summary>The columns that a row needs, in the order in which <see cref="TryAdd"/> takes their values.</summary>
    public IReadOnlyList<ColumnSchema> Inputs => _signature.Inputs;

    /// <summary>The rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>The place of a column among <see cref="Inputs"/>; −1 for one that isn't needed.</summary>
    public int PlaceOf(string column) => _places.GetValueOrDefault(column, -1);

    /// <summary>Adds a row.</summary>
    /// <param name="values">A value an input, or <see cref="Absent"/>; null is a missing value.</param>
    /// <returns>Null; or what is wrong with the row, which then isn't added.</returns>
    public string? TryAdd(ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < _columns.Length; i++)
            if (ReferenceEquals(values[i], Absent) || !_columns[i].TryAppend(values[i])) return Refuse(values);
        Rows++;
        return null;
    }

    /// <summary>Adds a row whose values are text in UTF-8.</summary>
    /// <param name="places">Where in <paramref name="text"/> the value of each input lies.</param>
    /// <returns>Null; or what is wrong with the row, which then isn't added.</returns>
    public string? TryAddText(ReadOnlySpan<byte> text, ReadOnlySpan<TextPlace> places)
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            if (places[i].Length >= 0 && _columns[i].TryAppend(text.Slice(places[i].Start, places[i].Length))) continue;
            var values = new object?[_columns.Length];
            for (int input = 0; input < values.Length; input++)
                values[input] = places[input] is { Length: >= 0 } place
                    ? Encoding.UTF8.GetString(text.Slice(place.Start, place.Length)) : Absent;
            return Refuse(values);
        }
        Rows++;
        return null;
    }

    /// <summary>Takes back the rows behind the first <paramref name="rows"/>.</summary>
    public void Truncate(int rows)
    {
        Rows = Math.Min(Rows, rows);
        foreach (var column in _columns) column.Truncate(Rows);
    }

    /// <summary>Takes back all rows.</summary>
    public void Clear()
    {
        Rows = 0;
        foreach (var column in _columns) column.Clear();
    }

    /// <summary>The rows so far. Valid until the next is added.</summary>
    /// <remarks>Where there are as many rows as last time it is the same batch: a row after the other costs no allocations.</remarks>
    public RowBatch ToBatch()
    {
        bool isKept = _batch?.Rows == Rows;
        foreach (var column in _columns) isKept &= column.IsVectorKept;
        if (isKept) return _batch!;
        var vectors = new Dictionary<string, ColumnVector>(_columns.Length, StringComparer.Ordinal);
        foreach (var column in _columns) vectors.Add(column.Schema.Name, column.ToVector());
        var batch = RowBatch.Of(vectors, Rows, _signature);
        if (_keepsBatch) _batch = batch;
        return batch;
    }

    /// <summary>All that is wrong with the row, and not the first thing alone.</summary>
    string Refuse(ReadOnlySpan<object?> values)
    {
        // Some of its values may be there already.
        foreach (var column in _columns) column.Truncate(Rows);
        var problems = new List<string>();
        for (int i = 0; i < _columns.Length; i++)
        {
            var (name, type) = _columns[i].Schema;
            if (ReferenceEquals(values[i], Absent)) problems.Add($"'{name}' is missing");
            else if (!_columns[i].TryAppend(values[i])) problems.Add($"'{values[i]}' in '{name}' is no {type}");
            _columns[i].Truncate(Rows);
        }
        return string.Join("; ", problems);
    }
}
