namespace RedisML.Host;

/// <summary>The lines typed so far, and where in them Up and Down have got to.</summary>
sealed class LineHistory
{
    readonly List<string> _lines = [];
    int _position;
    string _unfinished = "";

    /// <summary>Adds a line, unless it is blank or the last one again, and goes behind the end.</summary>
    public void Add(string line)
    {
        if (!string.IsNullOrWhiteSpace(line) && (_lines.Count == 0 || _lines[^1] != line)) _lines.Add(line);
        _position = _lines.Count;
    }

    /// <summary>The line before; null at the first one.</summary>
    /// <param name="current">What stands on the line now, to come back to.</param>
    public string? Previous(string current)
    {
        if (_position == 0) return null;
        if (_position == _lines.Count) _unfinished = current;
        return _lines[--_position];
    }

    /// <summary>The line after, the unfinished one in the end; null there.</summary>
    public string? Next()
    {
        if (_position == _lines.Count) return null;
        return ++_position == _lines.Count ? _unfinished : _lines[_position];
    }
}
