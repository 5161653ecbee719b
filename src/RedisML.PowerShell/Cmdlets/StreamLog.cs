using RedisML.Diagnostics;
using RedisML.Errors;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>Core's log as the verbose and the debug stream of a cmdlet or of a job.</summary>
/// <param name="takesSteps">Whether the verbose stream is read, as by <c>-Verbose</c>.</param>
/// <param name="takesCommands">Whether the debug stream is, as by <c>-Debug</c>.</param>
/// <param name="verbose">Called from any thread.</param>
/// <param name="debug">Called from any thread.</param>
sealed class StreamLog(bool takesSteps, bool takesCommands, Action<string> verbose, Action<string> debug) : IWorkLog
{
    public bool TakesSteps => takesSteps;

    public bool TakesCommands => takesCommands;

    public void Step(string text) => verbose(VisibleText.Of(text));

    public void Command(string text) => debug(VisibleText.Of(text));

    /// <summary>The same for other streams.</summary>
    public StreamLog To(Action<string> otherVerbose, Action<string> otherDebug) => new(takesSteps, takesCommands, otherVerbose, otherDebug);
}
