using System.Management.Automation;
using System.Text;

namespace RedisML.Host;

/// <summary>Reads a line from a terminal with the usual keys: arrows, Home, End, Ctrl+A/E/U/K/W, history, and Tab.</summary>
/// <param name="history">The lines for Up and Down.</param>
/// <param name="complete">What completes a text at a cursor for Tab.</param>
sealed class LineEditor(LineHistory? history = null, Func<string, int, CommandCompletion>? complete = null)
{
    readonly StringBuilder _text = new();
    int _cursor;
    int _startColumn;
    int _cursorRow;
    CommandCompletion? _completion;

    /// <summary>Reads a line from where the cursor stands. Null at the end of the input: Ctrl+D on an empty line.</summary>
    /// <exception cref="PipelineStoppedException">Ctrl+C was pressed.</exception>
    public string? ReadLine()
    {
        using var control = ControlC.AsInput();
        _startColumn = Console.CursorLeft;
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key != ConsoleKey.Tab) _completion = null;
            bool ends = key.Key is ConsoleKey.Enter || ControlC.IsPressed(key) || (IsControl(key, ConsoleKey.D) && _text.Length == 0);
            if (!ends)
            {
                Edit(key);
                if (!Console.KeyAvailable) Draw();
                continue;
            }
            _cursor = _text.Length;
            Draw();
            Console.Out.WriteLine();
            if (ControlC.IsPressed(key)) throw new PipelineStoppedException();
            return key.Key == ConsoleKey.Enter ? _text.ToString() : null;
        }
    }

    void Edit(ConsoleKeyInfo key)
    {
        switch (key.Modifiers.HasFlag(ConsoleModifiers.Control), key.Key)
        {
            case (_, ConsoleKey.Home) or (true, ConsoleKey.A): _cursor = 0; break;
            case (_, ConsoleKey.End) or (true, ConsoleKey.E): _cursor = _text.Length; break;
            case (true, ConsoleKey.LeftArrow): _cursor = WordStart(); break;
            case (true, ConsoleKey.RightArrow): _cursor = WordEnd(); break;
            case (_, ConsoleKey.LeftArrow): _cursor = Math.Max(_cursor - 1, 0); break;
            case (_, ConsoleKey.RightArrow): _cursor = Math.Min(_cursor + 1, _text.Length); break;
            case (true, ConsoleKey.W or ConsoleKey.Backspace): Remove(WordStart(), _cursor); break;
            case (true, ConsoleKey.U): Remove(0, _cursor); break;
            case (true, ConsoleKey.K): Remove(_cursor, _text.Length); break;
            case (_, ConsoleKey.Backspace): Remove(Math.Max(_cursor - 1, 0), _cursor); break;
            case (_, ConsoleKey.Delete) or (true, ConsoleKey.D): Remove(_cursor, Math.Min(_cursor + 1, _text.Length)); break;
            case (_, ConsoleKey.Escape): Replace(""); break;
            case (_, ConsoleKey.UpArrow): Replace(history?.Previous(_text.ToString())); break;
            case (_, ConsoleKey.DownArrow): Replace(history?.Next()); break;
            case (_, ConsoleKey.Tab): Complete(forward: !key.Modifiers.HasFlag(ConsoleModifiers.Shift)); break;
            case (true, ConsoleKey.L): ClearScreen(); break;
            default:
                if (!char.IsControl(key.KeyChar)) _text.Insert(_cursor++, key.KeyChar);
                break;
        }
    }

    static bool IsControl(ConsoleKeyInfo key, ConsoleKey letter) => key.Key == letter && key.Modifiers == ConsoleModifiers.Control;

    int WordStart()
    {
        int i = _cursor;
        while (i > 0 && char.IsWhiteSpace(_text[i - 1])) i--;
        while (i > 0 && !char.IsWhiteSpace(_text[i - 1])) i--;
        return i;
    }

    int WordEnd()
    {
        int i = _cursor;
        while (i < _text.Length && !char.IsWhiteSpace(_text[i])) i++;
        while (i < _text.Length && char.IsWhiteSpace(_text[i])) i++;
        return i;
    }

    void Remove(int start, int end)
    {
        _text.Remove(start, end - start);
        _cursor = start;
    }

    void Replace(string? text)
    {
        if (text is null) return;
        _text.Clear().Append(text);
        _cursor = text.Length;
    }

    /// <summary>Puts in the first completion, at another Tab the next one.</summary>
    void Complete(bool forward)
    {
        if (complete is null) return;
        _completion ??= complete(_text.ToString(), _cursor);
        if (_completion.GetNextResult(forward) is not { } result) return;
        Remove(_completion.ReplacementIndex, _completion.ReplacementIndex + _completion.ReplacementLength);
        _text.Insert(_cursor, result.CompletionText);
        _cursor += result.CompletionText.Length;
        _completion.ReplacementLength = result.CompletionText.Length;
    }

    /// <summary>Clears all but the line that is edited, which goes to the top without its prompt.</summary>
    void ClearScreen()
    {
        Console.Out.Write("\e[H\e[2J");
        (_startColumn, _cursorRow) = (0, 0);
    }

    /// <summary>Draws the text again from where it starts, over as many rows as it takes.</summary>
    void Draw()
    {
        int width = Math.Max(Console.WindowWidth, 1);
        int end = _startColumn + _text.Length;
        int cursor = _startColumn + _cursor;
        var output = new StringBuilder();
        Move(output, _cursorRow, _startColumn);
        output.Append("\e[J").Append(_text);
        // A terminal leaves the cursor on the last cell of a full row until there is more to write.
        if (end % width == 0 && _text.Length > 0) output.Append("\r\n");
        Move(output, (end / width) - (cursor / width), cursor % width);
        Console.Out.Write(output);
        _cursorRow = cursor / width;
    }

    static void Move(StringBuilder output, int rowsUp, int column)
    {
        if (rowsUp > 0) output.Append($"\e[{rowsUp}A");
        output.Append('\r');
        if (column > 0) output.Append($"\e[{column}C");
    }
}
