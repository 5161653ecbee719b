namespace RedisML.Runs.Nodes;

/// <summary>Where a node has its state: after which step, in which lineage.</summary>
internal sealed record StatePosition(long Lineage, long Step)
{
    public override string ToString() => $"{Lineage}:{Step}";
}
