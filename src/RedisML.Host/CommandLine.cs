using System.Management.Automation.Runspaces;
using System.Reflection;

namespace RedisML.Host;

/// <summary>What the Host is asked to do. Reads like that of <c>pwsh</c>, whose exit code for a wrong one is 64 too.</summary>
abstract record CommandLine
{
    const int UsageError = 64;
    const string Usage = """
        RedisML.Host [-File] <script.ps1> [arguments]   runs a script
        RedisML.Host -Command <text>                    runs a command
        RedisML.Host                                    prompts, or runs what standard input holds

        Named arguments of a script: -Name value, -Name:value, -Switch, -Switch:false
        """;

    public sealed record Script(string Path, IReadOnlyList<CommandParameter> Arguments) : CommandLine;

    public sealed record Command(string Text) : CommandLine;

    public sealed record Prompt : CommandLine;

    public sealed record Message(string Text, int ExitCode) : CommandLine;

    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static CommandLine Parse(string[] args) => args switch
    {
        [] => new Prompt(),
        [var option, ..] when Is(option, "-Help", "-h", "-?", "--help") => new Message(Usage, 0),
        [var option, ..] when Is(option, "-Version", "-v", "--version") => new Message($"RedisML.Host {Version}", 0),
        [var option] when Is(option, "-Command", "-c") => new Message($"{option} needs the text of a command.", UsageError),
        [var option, .. var words] when Is(option, "-Command", "-c") => new Command(string.Join(' ', words)),
        [var option] when Is(option, "-File", "-f") => new Message($"{option} needs the path of a script.", UsageError),
        [var option, var path, .. var rest] when Is(option, "-File", "-f") => ParseScript(path, rest),
        [['-', ..] option, ..] => new Message($"There is no option {option}.\n\n{Usage}", UsageError),
        [var path, .. var rest] => ParseScript(path, rest),
    };

    static CommandLine ParseScript(string path, string[] arguments)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (File.Exists(full)) return new Script(full, ParseArguments(arguments));
        var reason = Directory.Exists(full) ? $"'{path}' is a directory, not a script." : $"There is no script '{path}': {full} doesn't exist.";
        return new Message(reason, UsageError);
    }

    /// <summary>The arguments of a script by the rules of <c>pwsh -File</c>: only <c>-Name:true</c> and <c>-Name:false</c> aren't text.</summary>
    static List<CommandParameter> ParseArguments(string[] arguments)
    {
        List<CommandParameter> parameters = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            int colon = argument.IndexOf(':');
            if (argument is not ['-', _, ..])
                parameters.Add(new(null, argument));
            else if (colon < 0)
                parameters.Add(new(argument));
            else if (colon < argument.Length - 1)
                parameters.Add(new(argument[..colon], BooleanOrText(argument[(colon + 1)..])));
            else if (++i < arguments.Length)
                parameters.Add(new(argument[..colon], arguments[i]));
        }
        return parameters;
    }

    static object BooleanOrText(string value) => bool.TryParse(value.TrimStart('$'), out bool boolean) ? boolean : value;

    static bool Is(string option, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (option.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
