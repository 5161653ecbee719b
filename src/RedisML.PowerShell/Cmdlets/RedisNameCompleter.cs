using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RedisML.Connections;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>Completes an argument with names that lie in Redis: within half a second,
/// and without a word where the server is away.</summary>
public abstract class RedisNameCompleter : IArgumentCompleter
{
    static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(400);

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        int start = StartOfName(word);
        return [.. Find(word, fakeBoundParameters).Matching(WildcardPattern.Escape(word[start..]) + "*")
            .Select(name => new CompletionResult(Quoted(word[..start] + name), name, CompletionResultType.ParameterValue, name))];
    }

    /// <summary>Where the name starts in the argument so far.</summary>
    protected virtual int StartOfName(string word) => 0;

    /// <summary>All names that the argument may take.</summary>
    /// <param name="bound">The arguments that the command line has so far.</param>
    protected abstract Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation);

    /// <summary>The same, where it depends on the argument so far.</summary>
    protected virtual Task<IReadOnlyList<string>> NamesAsync(
        RedisMLConnection connection, string word, IDictionary bound, CancellationToken cancellation) =>
            NamesAsync(connection, bound, cancellation);

    /// <summary>The argument of a parameter, where the command line has it as text.</summary>
    protected static string? TextOf(IDictionary bound, string parameter) =>
        bound[parameter] is { } value ? (value as PSObject)?.BaseObject as string ?? value as string : null;

    IReadOnlyList<string> Find(string word, IDictionary bound)
    {
        using var cancel = new CancellationTokenSource(s_patience);
        var session = ConnectionSession.Current;
        var given = (bound["Connection"] as PSObject)?.BaseObject as RedisMLConnection ?? bound["Connection"] as RedisMLConnection;
        var names = Task.Run(async () =>
            (given ?? await session.FindAsync(cancel.Token).ConfigureAwait(false)) is { } connection
                ? await NamesAsync(connection, word, bound, cancel.Token).ConfigureAwait(false) : [], cancel.Token);
        try
        {
            // The engine asks for completions synchronously.
            return names.WaitAsync(s_patience).GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>A name as it is written in a command.</summary>
    internal static string Quoted(string name) => name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.')
        ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
