namespace RedisML.Errors;

/// <summary>Errors for names that don't exist: with the nearest name that does, those that there are, and what to run next.</summary>
public static class NearestName
{
    const int MostShown = 6;

    /// <summary>What shows all names of a kind, by the error's id, where a command does.</summary>
    static readonly Dictionary<string, string> s_next = new(StringComparer.Ordinal)
    {
        ["DatasetNotFound"] = "Get-RedisDataset lists them, Import-RedisTrainingData makes one.",
        ["DatasetVersionNotFound"] = "-KeepVersion of Import-RedisTrainingData says how many are kept.",
        ["ModelNotFound"] = "Get-RedisModel lists them, Start-RedisDistributedTraining trains one.",
        ["ModelVersionNotFound"] = "Get-RedisModel -AllVersion lists them.",
        ["ModelAliasNotFound"] = "Publish-RedisModel -Alias gives one.",
        ["ParameterNotFound"] = "Get-RedisModelParameter lists them.",
        ["TrainingRunNotFound"] = "Get-RedisDistributedTraining lists them.",
        ["OnlineTrainingNotFound"] = "Get-RedisOnlineTraining lists them, Start-RedisOnlineTraining begins one.",
        ["ServiceNotFound"] = "Get-RedisPredictionService lists them, Start-RedisPredictionService starts one.",
        ["MetricNotFound"] = "Get-RedisTrainingMetric lists them.",
        ["FigureNotFound"] = "Test-RedisModel shows them.",
        ["ColumnNotFound"] = "Get-RedisDataset shows the columns.",
        ["OptionNotFound"] = "Tab behind -Option lists them.",
        ["AlgorithmNotFound"] = "Tab behind -Algorithm lists them.",
        ["ItemNotFound"] = "A training on ratings of an item makes it known.",
        ["ServerNotFound"] = "Get-RedisMLServer lists them, Start-RedisMLServer starts one.",
    };

    /// <summary>An <see cref="ErrorKind.ObjectNotFound"/> error for <paramref name="name"/> that suggests the nearest of
    /// <paramref name="known"/>, or else says which there are.</summary>
    /// <param name="errorId">The stable id, such as <c>DatasetNotFound</c>.</param>
    /// <param name="thing">What was looked for, such as <c>dataset</c>.</param>
    /// <param name="others">Other names of those, proposed only where one is clearly meant, and not listed.</param>
    /// <param name="next">What to run next; null for what goes with the id, empty for nothing.</param>
    public static RedisMLException NotFound(string errorId, string thing, string name, IEnumerable<string> known,
        IEnumerable<string>? others = null, string? next = null)
    {
        var names = known.Select(k => (Name: k, Distance: Distance(k, name))).OrderBy(c => c.Distance)
            .ThenBy(c => c.Name, StringComparer.Ordinal).ToList();
        // A name proper is proposed rather than another name that is nearer by one letter.
        var near = names.Take(1).Concat(others?.Select(o => (Name: o, Distance: Distance(o, name)))
                .OrderBy(c => c.Distance).Take(1).Where(c => names.Count == 0 || c.Distance + 1 < names[0].Distance) ?? [])
            .Where(c => c.Distance <= Math.Max(2, name.Length / 3) && c.Distance < Math.Max(name.Length, c.Name.Length));
        string hint = near.Select(c => c.Name).LastOrDefault() is { } nearest ? $" Did you mean '{nearest}'?"
            : $" {Existing(names.OrderByDescending(c => Contains(c.Name, name)).Select(c => $"'{c.Name}'"))}";
        return new(errorId, ErrorKind.ObjectNotFound,
            $"There is no {thing} '{name}'.{hint}{Told(next) ?? Next(errorId)}", name);
    }

    static string? Told(string? next) => next is { Length: > 0 } ? $" {next}" : next;

    /// <summary>Whether a part of a name was given, as <c>leaves</c> for <c>num_leaves</c>.</summary>
    static bool Contains(string name, string part) => part.Length > 2 && name.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>An <see cref="ErrorKind.ObjectNotFound"/> error for a version that isn't there, with those that are.</summary>
    /// <param name="errorId">The stable id, such as <c>ModelVersionNotFound</c>.</param>
    /// <param name="owner">What has versions, such as <c>Model 'price'</c>.</param>
    public static RedisMLException VersionNotFound(string errorId, string owner, string name, long? version, IEnumerable<long> known) =>
        new(errorId, ErrorKind.ObjectNotFound, $"{owner} has no version {version} (any more). " +
            Existing(known.OrderDescending().Select(v => $"{v}")) + Next(errorId), name);

    /// <summary>A sentence that says which there are, the first of them by name.</summary>
    public static string Existing(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all switch
        {
            [] => "There is none yet.",
            [var only] => $"There is only {only}.",
            _ => $"There are {string.Join(", ", all.Take(MostShown))}"
                + (all.Length > MostShown ? $" and {all.Length - MostShown:N0} more." : "."),
        };
    }

    static string Next(string errorId) => s_next.TryGetValue(errorId, out var next) ? $" {next}" : "";

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
