using System.Management.Automation;
using System.Management.Automation.Host;

namespace RedisML.Host;

/// <summary>Shows what the engine writes: errors and progress on standard error, all else on standard output.</summary>
sealed partial class ConsoleUserInterface : PSHostUserInterface
{
    readonly ConsoleRawUserInterface _raw = new();
    readonly ProgressLine _progress = new();

    public override PSHostRawUserInterface RawUI => _raw;

    public override bool SupportsVirtualTerminal => ConsoleStreams.OutputTakesColors;

    public override void Write(string value)
    {
        _progress.Clear();
        Console.Out.Write(GetOutputString(value, SupportsVirtualTerminal));
    }

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        if (!SupportsVirtualTerminal)
        {
            Write(value);
            return;
        }
        _progress.Clear();
        var (foreground, background) = (RawUI.ForegroundColor, RawUI.BackgroundColor);
        if (foregroundColor != foreground) Console.ForegroundColor = foregroundColor;
        if (backgroundColor != background) Console.BackgroundColor = backgroundColor;
        Console.Out.Write(value);
        Console.ResetColor();
    }

    public override void WriteErrorLine(string value)
    {
        // The engine ends each error with an empty line, which pwsh leaves out too.
        if (string.IsNullOrEmpty(value)) return;
        _progress.Clear();
        Console.Error.WriteLine(GetOutputString(value, ConsoleStreams.ErrorTakesColors));
    }

    public override void WriteWarningLine(string message) => WriteStyledLine(FormatStyle.Warning, "WARNING: " + message);

    public override void WriteVerboseLine(string message) => WriteStyledLine(FormatStyle.Verbose, "VERBOSE: " + message);

    public override void WriteDebugLine(string message) => WriteStyledLine(FormatStyle.Debug, "DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    /// <summary>Removes what progress still shows, when a command has ended.</summary>
    public void EndProgress() => _progress.Clear();

    void WriteStyledLine(FormatStyle style, string text) =>
        WriteLine(GetFormatStyleString(style) + text + GetFormatStyleString(FormatStyle.Reset));
}
