using System.Management.Automation;
using System.Management.Automation.Language;

namespace RedisML.Host;

/// <summary>Reads statements and runs them, until <c>exit</c> or the end of the input.</summary>
sealed class InteractiveLoop(Session session)
{
    readonly LineHistory _history = new();

    /// <summary>Returns the exit code that <c>pwsh</c> would.</summary>
    public int Run()
    {
        if (ConsoleStreams.IsInteractive)
            Console.Out.WriteLine($"RedisML.Host {CommandLine.Version}, PowerShell engine {session.EngineVersion}");
        while (!session.IsOver && ReadStatement() is { } statement)
            if (!string.IsNullOrWhiteSpace(statement)) session.RunLine(statement);
        return session.ExitCode;
    }

    /// <summary>Reads lines until they make a whole statement. Null at the end of the input.</summary>
    string? ReadStatement()
    {
        var text = "";
        while (true)
        {
            try
            {
                if (ReadLine(text.Length == 0 ? session.Prompt : ">> ") is not { } line) return text.Length == 0 ? null : text;
                text += text.Length == 0 ? line : "\n" + line;
                if (!IsIncomplete(text)) return text;
            }
            catch (PipelineStoppedException)
            {
                text = "";
            }
        }
    }

    string? ReadLine(string prompt)
    {
        // Redirected input is no dialogue, and prompts would be noise in its output.
        if (!ConsoleStreams.IsInteractive) return Console.In.ReadLine();
        Console.Out.Write(prompt);
        var line = new LineEditor(_history, session.Complete).ReadLine();
        if (line is not null) _history.Add(line);
        return line;
    }

    static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out var errors);
        return errors.Any(error => error.IncompleteInput);
    }
}
