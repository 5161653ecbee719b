using RedisML.Runs.Exchange;

namespace RedisML.Runs.Nodes;

/// <summary>How a node stands before a step.</summary>
/// <param name="Step">The step to take.</param>
/// <param name="Members">Of the generation, in the order of shares.</param>
/// <param name="Share">What this node works on.</param>
/// <param name="IsReady">Whether the generation is known to run.</param>
/// <param name="Decided">What was contributed to the step, where it is decided already.</param>
/// <param name="DecidedIn">The generation that decided it.</param>
internal sealed record Formation(
    string Generation, long Step, IReadOnlyList<string> Members, Share Share, bool IsReady, StepResult? Decided = null,
    string DecidedIn = "");
