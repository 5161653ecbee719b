using RedisML.Columns;

namespace RedisML.Formats;

/// <summary>Gathers the values of a part, beside the first of each row, that don't fit their columns: all columns that need a wider type
/// are to be found at once.</summary>
/// <remarks>Of a column's values of one type a few are kept: so many rows may not fit as there are.</remarks>
sealed class Misfits
{
    const int Kept = 4;

    readonly Dictionary<(int Column, ColumnType Type), int> _counts = [];
    List<BadRow> _ofRow = [];

    public void Add(BadRow misfit)
    {
        var key = (misfit.Column, misfit.ValueType);
        int count = _counts.GetValueOrDefault(key);
        if (count == Kept) return;
        _counts[key] = count + 1;
        _ofRow.Add(misfit);
    }

    /// <summary>Those of a row, with the first of them, and begins the next row.</summary>
    public BadRow TakeWith(BadRow first)
    {
        if (_ofRow.Count == 0) return first;
        var all = first with { Also = _ofRow };
        _ofRow = [];
        return all;
    }
}
