using System.Management.Automation;
using System.Management.Automation.Host;

namespace RedisML.Host;

/// <summary>The console's window, cursor, colours and keys. Where output is redirected it is 120 columns wide, as in <c>pwsh</c>.</summary>
sealed class ConsoleRawUserInterface : PSHostRawUserInterface
{
    static readonly Size s_redirected = new(120, 50);

    public override ConsoleColor ForegroundColor
    {
        get => Console.ForegroundColor;
        set => Console.ForegroundColor = value;
    }

    public override ConsoleColor BackgroundColor
    {
        get => Console.BackgroundColor;
        set => Console.BackgroundColor = value;
    }

    public override Size BufferSize
    {
        get => Console.IsOutputRedirected ? s_redirected : new(Console.BufferWidth, Console.BufferHeight);
        set => throw Unsupported();
    }

    public override Size WindowSize
    {
        get => Console.IsOutputRedirected ? s_redirected : new(Console.WindowWidth, Console.WindowHeight);
        set => throw Unsupported();
    }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Coordinates WindowPosition { get => new(0, 0); set => throw Unsupported(); }

    public override Coordinates CursorPosition
    {
        get => Console.IsOutputRedirected ? new(0, 0) : new(Console.CursorLeft, Console.CursorTop);
        set => Console.SetCursorPosition(value.X, value.Y);
    }

    public override int CursorSize { get; set; } = 25;

    public override string WindowTitle
    {
        get => OperatingSystem.IsWindows() ? Console.Title : "";
        set => Console.Title = value;
    }

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (Console.IsInputRedirected) throw new HostException("There is no keyboard: standard input is redirected.");
        var key = Console.ReadKey(intercept: options.HasFlag(ReadKeyOptions.NoEcho));
        return new((int)key.Key, key.KeyChar, ControlKeys(key.Modifiers), keyDown: true);
    }

    public override void FlushInputBuffer()
    {
        while (KeyAvailable) Console.ReadKey(intercept: true);
    }

    /// <summary>Only the whole screen, which is how <c>Clear-Host</c> clears it on Windows.</summary>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        if (rectangle is not { Left: -1, Top: -1, Right: -1, Bottom: -1 }) throw Unsupported();
        Console.Clear();
    }

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw Unsupported();

    static ControlKeyStates ControlKeys(ConsoleModifiers modifiers) =>
        (modifiers.HasFlag(ConsoleModifiers.Control) ? ControlKeyStates.LeftCtrlPressed : 0)
        | (modifiers.HasFlag(ConsoleModifiers.Alt) ? ControlKeyStates.LeftAltPressed : 0)
        | (modifiers.HasFlag(ConsoleModifiers.Shift) ? ControlKeyStates.ShiftPressed : 0);

    static PSNotSupportedException Unsupported() => new("This host leaves the screen buffer and the window to the terminal.");
}
