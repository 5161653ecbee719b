using RedisML.Columns;

namespace RedisML.Importing;

/// <summary>What an import does to its dataset.</summary>
public enum ImportAction
{
    /// <summary>The source is in it already.</summary>
    Nothing,
    Create,
    Append,
    Replace,
}

/// <summary>What an import would do.</summary>
/// <param name="Rows">How many rows there are, estimated by the first part of the source.</param>
/// <param name="StoredBytes">The bytes in Redis, estimated by the first part too.</param>
/// <param name="SourceBytes">The length of the source in bytes; null where only reading it tells.</param>
public sealed record ImportPlan(string Dataset, ImportAction Action, IReadOnlyList<ColumnSchema> Columns, long Rows, long StoredBytes,
    long? SourceBytes)
{
    public override string ToString() => Action == ImportAction.Nothing
        ? $"nothing to do: dataset '{Dataset}' has these rows already"
        : $"{Verb} dataset '{Dataset}': about {Rows:N0} rows, {Size} in Redis, columns " +
            $"{string.Join(", ", Columns.Select(c => $"{c.Name} {c.Type}"))}";

    string Size => StoredBytes >= 1e6 ? $"{StoredBytes / 1e6:N1} MB" : $"{StoredBytes / 1e3:N1} KB";

    string Verb => Action switch { ImportAction.Create => "create", ImportAction.Append => "append to", _ => "replace" };
}
