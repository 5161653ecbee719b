namespace RedisML.Formats;

/// <summary>Names for the columns of a file.</summary>
static class ColumnNames
{
    /// <summary>The names, trimmed; a repeated one gets a number, an empty one its position.</summary>
    /// <remarks>One rule for all formats. Names that differ only in case count as repeated: an object of PowerShell holds one of them.</remarks>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> headers)
    {
        var names = new List<string>(headers.Count);
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in headers)
        {
            string name = header.Trim() is { Length: > 0 } given ? given : $"Column{names.Count + 1}", unique = name;
            for (int i = 2; !known.Add(unique); i++) unique = $"{name}_{i}";
            names.Add(unique);
        }
        return names;
    }
}
