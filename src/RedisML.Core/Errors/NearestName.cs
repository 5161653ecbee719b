namespace RedisML.Errors;

/// <summary>Errors for names that don't exist, with the nearest name that does.</summary>
public static class NearestName
{
    /// <summary>An <see cref="ErrorKind.ObjectNotFound"/> error for <paramref name="name"/> that suggests the nearest of
    /// <paramref name="known"/>.</summary>
    /// <param name="errorId">The stable id, such as <c>DatasetNotFound</c>.</param>
    /// <param name="thing">What was looked for, such as <c>dataset</c>.</param>
    public static RedisMLException NotFound(string errorId, string thing, string name, IEnumerable<string> known)
    {
        var nearest = known.Select(k => (Name: k, Distance: Distance(k, name)))
            .Where(c => c.Distance <= Math.Max(2, name.Length / 3))
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => c.Name).FirstOrDefault();
        var hint = nearest is null ? "" : $" Did you mean '{nearest}'?";
        return new(errorId, ErrorKind.ObjectNotFound, $"There is no {thing} '{name}'.{hint}", name);
    }

    /// <summary>Levenshtein's edit distance, ignoring case.</summary>
    static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitute = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[b.Length];
    }
}
