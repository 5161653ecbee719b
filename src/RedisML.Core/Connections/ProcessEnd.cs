using System.Runtime.InteropServices;

namespace RedisML.Connections;

/// <summary>Runs something at the end of the process: when its session is closed, and by the signals TERM and HUP, for which .NET 10 raises no event.</summary>
/// <remarks>The process ends when the action returns, so that it has to block, and not for long.</remarks>
public sealed class ProcessEnd : IDisposable
{
    readonly PosixSignalRegistration[] _signals;
    readonly Action _action;
    int _isOver;

    public ProcessEnd(Action action)
    {
        _action = action;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        // What the signal does otherwise it does after that.
        _signals = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, _ => Run()))];
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (var signal in _signals) signal.Dispose();
    }

    void OnExit(object? sender, EventArgs e) => Run();

    void Run()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) _action();
    }
}
