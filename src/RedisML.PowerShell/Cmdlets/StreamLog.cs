using System.Management.Automation;
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
    Action<string> _verbose = verbose, _debug = debug;

    public bool TakesSteps => takesSteps;

    public bool TakesCommands => takesCommands;

    public void Step(string text) => _verbose(VisibleText.Of(text));

    public void Command(string text) => _debug(VisibleText.Of(text));

    /// <summary>Has the work that goes on when its cmdlet has ended tell its job, from now on.</summary>
    public static void MoveTo(Job job)
    {
        if (WorkLog.Current is not StreamLog log) return;
        log._verbose = text => job.Verbose.Add(new(text));
        log._debug = text => job.Debug.Add(new(text));
    }
}
