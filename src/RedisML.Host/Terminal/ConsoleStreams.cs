using System.Runtime.InteropServices;

namespace RedisML.Host;

/// <summary>What the standard streams are connected to.</summary>
static class ConsoleStreams
{
    const int StandardOutput = -11;
    const int StandardError = -12;
    const uint VirtualTerminalProcessing = 4;

    /// <summary>Whether a person can be asked, key by key.</summary>
    public static bool IsInteractive { get; } = !Console.IsInputRedirected && !Console.IsOutputRedirected;

    public static bool OutputTakesColors { get; } = !Console.IsOutputRedirected && EnableEscapeSequences(StandardOutput);

    public static bool ErrorTakesColors { get; } = !Console.IsErrorRedirected && EnableEscapeSequences(StandardError);

    /// <summary>Terminals take escape sequences; a Windows console must be told to.</summary>
    static bool EnableEscapeSequences(int stream)
    {
        if (!OperatingSystem.IsWindows()) return true;
        var handle = GetStdHandle(stream);
        return GetConsoleMode(handle, out uint mode) && SetConsoleMode(handle, mode | VirtualTerminalProcessing);
    }

    [DllImport("kernel32.dll")]
    static extern nint GetStdHandle(int stream);

    [DllImport("kernel32.dll")]
    static extern bool GetConsoleMode(nint handle, out uint mode);

    [DllImport("kernel32.dll")]
    static extern bool SetConsoleMode(nint handle, uint mode);
}
