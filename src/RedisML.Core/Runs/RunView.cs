namespace RedisML.Runs;

/// <summary>A run as a node sees it at one moment.</summary>
/// <param name="Beats">The counter of each node's signs of life.</param>
/// <param name="Arrivals">How far each member has come: <c>-</c>, <c>r</c> when it is ready, the step that it arrived at.</param>
/// <param name="Candidates">Nodes that want to take part, and what they are.</param>
/// <param name="Positions">At which step each node has its state, as it told last.</param>
internal sealed record RunView(
    RunControl Control, IReadOnlyDictionary<string, string> Beats, IReadOnlyDictionary<string, string> Arrivals,
    IReadOnlyDictionary<string, string> Candidates, IReadOnlyDictionary<string, string> Positions)
{
    /// <summary>Whether a member has the state of the run's step, or of the one before, which it can catch up from.</summary>
    public bool IsNear(string member) => Positions.GetValueOrDefault(member) is { } position
        && (position == $"{Control.Lineage}:{Control.Step}" || position == $"{Control.Lineage}:{Control.Step - 1}");
}
