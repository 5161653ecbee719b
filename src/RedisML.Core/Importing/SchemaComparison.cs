using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Formats;

namespace RedisML.Importing;

/// <summary>Compares the columns of a source with those of the dataset that it is added to.</summary>
static class SchemaComparison
{
    /// <summary>The source's columns as they are to be read: with the dataset's types, for columns that it has.</summary>
    /// <exception cref="RedisMLException"><c>SchemaMismatch</c>, which shows the difference.</exception>
    public static SourceColumn[] Reconcile(IReadOnlyList<SourceColumn> columns, Dataset dataset, SchemaChange allowed, string source)
    {
        var differences = new List<string>();
        foreach (var column in dataset.Columns)
        {
            if (columns.FirstOrDefault(c => c.Name == column.Name) is not { } own)
            {
                if (!allowed.HasFlag(SchemaChange.Add)) differences.Add($"'{column.Name}' ({column.Type}) is missing");
            }
            else if (!Holds(column.Type, own.Type) && !allowed.HasFlag(SchemaChange.Coerce))
            {
                differences.Add($"'{column.Name}' is {own.Type} instead of {column.Type}");
            }
        }
        var added = columns.Where(c => dataset.Columns.All(d => d.Name != c.Name)).ToList();
        if (!allowed.HasFlag(SchemaChange.Add)) differences.AddRange(added.Select(c => $"'{c.Name}' ({c.Schema.Type}) is new"));
        if (differences.Count > 0 || added.Count == columns.Count)
            throw new RedisMLException("SchemaMismatch", ErrorKind.InvalidData,
                $"The columns of '{source}' differ from those of dataset '{dataset.Name}': {string.Join(", ", differences)}. Nothing was " +
                "written. " +
                "-SchemaChange Add takes new and missing columns, Coerce reads values as the dataset's types; -Force replaces the dataset.",
                    dataset.Name);
        return [.. columns.Select(c =>
            dataset.Columns.FirstOrDefault(d => d.Name == c.Name) is { } known ? new(c.Name, known.Type, Inferred: false) : c)];
    }

    static bool Holds(ColumnType type, ColumnType? other) =>
        other is not { } narrower || ColumnType.Union(type, narrower) == type;
}
