using System.Runtime.InteropServices;
using System.Text;
using RedisML.Columns;

namespace RedisML.Formats;

/// <summary>The types of the values that were seen of a column.</summary>
sealed class TypeSample
{
    /// <summary>Values after which a column that is mostly text is looked at no more.</summary>
    const int EnoughValues = 100;

    // Types that have a union other than text: numbers, local times, instants, booleans.
    readonly List<(ColumnType Type, long Count)> _groups = [];
    long _values, _texts, _foreign;
    string? _foreignNumber;

    /// <summary>The narrowest type that holds every value; null where none was seen.</summary>
    public ColumnType? Type { get; private set; }

    /// <summary>Where the column is text, the type that more than half of its values have all the same; else null.</summary>
    public ColumnType? Almost
    {
        get
        {
            if (Type != ColumnType.Utf8) return null;
            foreach (var (type, count) in _groups)
                if (2 * count > _values) return type;
            return null;
        }
    }

    /// <summary>Where more than half of the values look like numbers of another culture, or all that are no numbers do, one of them;
    /// else null.</summary>
    public string? ForeignNumber => 2 * _foreign > _values || _foreign == _texts && Almost?.IsNumeric == true ? _foreignNumber : null;

    /// <summary>Notes that the text added last looks like such a number.</summary>
    public void AddForeign(ReadOnlySpan<byte> text)
    {
        _foreign++;
        _foreignNumber ??= Encoding.UTF8.GetString(text);
    }

    /// <summary>Whether a value was seen that may stand for a missing one.</summary>
    public bool MayBeMissing { get; set; }

    /// <summary>Whether more values would change nothing.</summary>
    public bool IsSettled => _texts > EnoughValues && 2 * _texts > _values;

    /// <summary>Adds a value of <see cref="Type"/>, which isn't text: then all values so far are of one group.</summary>
    public void AddAgain()
    {
        _values++;
        CollectionsMarshal.AsSpan(_groups)[0].Count++;
    }

    public void Add(ColumnType type)
    {
        // Most values of a sample, and comparing types in full would be most of the price of looking at it.
        if (type.Kind <= TypeKind.Float64 && Type?.Kind == type.Kind)
        {
            AddAgain();
            return;
        }
        Type = ColumnType.Union(Type, type);
        _values++;
        if (type == ColumnType.Utf8)
        {
            _texts++;
            return;
        }
        for (int i = 0; i < _groups.Count; i++)
            if (ColumnType.Union(_groups[i].Type, type) is var union && union != ColumnType.Utf8)
            {
                _groups[i] = (union, _groups[i].Count + 1);
                return;
            }
        _groups.Add((type, 1));
    }
}
