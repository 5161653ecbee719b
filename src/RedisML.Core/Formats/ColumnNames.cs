using RedisML.Errors;

namespace RedisML.Formats;

/// <summary>Names for the columns of a file.</summary>
static class ColumnNames
{
    /// <summary>The most columns of a dataset: each takes some memory in every chunk, and a place in the manifest.</summary>
    public const int MaxCount = 100_000;

    /// <exception cref="RedisMLException"><c>TooManyColumns</c></exception>
    public static void CheckCount(int count, string source)
    {
        if (count > MaxCount)
            throw new RedisMLException("TooManyColumns", ErrorKind.LimitsExceeded,
                $"'{source}' has {count:N0} columns; a dataset has at most {MaxCount:N0}.", source);
    }

    /// <summary>The names, trimmed; a repeated one gets a number, an empty one its position.</summary>
    /// <remarks>One rule for all formats. Names that differ only in case count as repeated:
    /// an object of PowerShell holds one of them.</remarks>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> headers)
    {
        var names = new List<string>(headers.Count);
        var known = new HashSet<string>(headers.Count, StringComparer.OrdinalIgnoreCase);
        var numbers = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in headers)
        {
            string name = header.Trim() is { Length: > 0 } given ? given : $"Column{names.Count + 1}", unique = name;
            while (!known.Add(unique)) unique = $"{name}_{numbers[name] = numbers.GetValueOrDefault(name, 1) + 1}";
            names.Add(unique);
        }
        return names;
    }
}
