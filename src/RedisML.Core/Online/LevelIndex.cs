using System.Text;

namespace RedisML.Online;

/// <summary>The levels of a category, or the classes of a label, in the order in which they came, each with a position.</summary>
sealed class LevelIndex
{
    readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byCharacters;
    readonly List<string> _levels = [];
    readonly List<int> _positions = [];
    int _committed;

    public LevelIndex() => _byCharacters = _places.GetAlternateLookup<ReadOnlySpan<char>>();

    public IReadOnlyList<string> Levels => _levels;

    public int PositionOf(int place) => _positions[place];

    /// <summary>The place of a level; −1 for one that hasn't come yet.</summary>
    public int Find(ReadOnlySpan<byte> utf8)
    {
        Span<char> characters = stackalloc char[OnlineLimits.TextBytes];
        int length = Encoding.UTF8.GetChars(utf8, characters);
        return _byCharacters.TryGetValue(characters[..length], out int place) ? place : -1;
    }

    public int Add(string level, int position)
    {
        _places.Add(level, _levels.Count);
        _levels.Add(level);
        _positions.Add(position);
        return _levels.Count - 1;
    }

    /// <summary>The levels that came since the last time, each with its place.</summary>
    public IEnumerable<int> TakeNew()
    {
        for (; _committed < _levels.Count; _committed++) yield return _committed;
    }

    /// <summary>All are known elsewhere.</summary>
    public void SetCommitted() => _committed = _levels.Count;
}
