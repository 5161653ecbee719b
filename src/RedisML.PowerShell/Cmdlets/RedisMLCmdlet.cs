using System.Management.Automation;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>A cmdlet that works over a connection: the one it is given, else the runspace's, else <c>$env:REDISML_CONNECTION</c>.</summary>
public abstract class RedisMLCmdlet : AsyncCmdlet
{
    RedisMLConnection? _connection;

    [Parameter]
    public RedisMLConnection? Connection { get; set; }

    /// <summary>Runs <paramref name="work"/> over the connection; fails with <c>NotConnected</c> where there is none.</summary>
    protected void Run(Func<RedisMLConnection, CancellationToken, Task> work) => Run(WithConnection(work));

    /// <summary>Runs <paramref name="work"/> over the connection and shows its progress.</summary>
    /// <inheritdoc cref="AsyncCmdlet.Run(string, Func{ProgressReport}, Func{CancellationToken, Task})"/>
    protected void Run(string activity, Func<ProgressReport> progress, Func<RedisMLConnection, CancellationToken, Task> work) =>
        Run(activity, progress, WithConnection(work));

    /// <summary>
    /// What names say, from within the work: one with wildcards each of <paramref name="all"/> that it matches, maybe none; another itself,
    /// and an error of its own where it isn't there.
    /// </summary>
    private protected async Task<IReadOnlyList<T>> FindAsync<T>(
        IEnumerable<string> names, Func<Task<IReadOnlyList<string>>> all, Func<string, Task<T>> get) where T : class
    {
        List<T> found = [];
        foreach (var name in names)
        {
            bool isPattern = NamePattern.HasWildcards(name);
            var matches = isPattern ? (await all().ConfigureAwait(false)).Matching(name) : [name];
            found.AddRange((await Task.WhenAll(matches.Select(match => TryGetAsync(match, isPattern))).ConfigureAwait(false)).OfType<T>());
        }
        return found;

        async Task<T?> TryGetAsync(string name, bool isMatch)
        {
            try
            {
                return await get(name).ConfigureAwait(false);
            }
            catch (RedisMLException e) when (e.Kind is ErrorKind.ObjectNotFound or ErrorKind.InvalidData)
            {
                // One that a pattern matched may have gone in between; one that is broken hides no others.
                if (!isMatch || e.Kind == ErrorKind.InvalidData) PostError(e);
                return null;
            }
        }
    }

    protected override RedisMLException? Translate(Exception exception) =>
        _connection is { } connection ? connection.Explain(exception) : RedisErrors.Translate(exception, "the server");

    Func<CancellationToken, Task> WithConnection(Func<RedisMLConnection, CancellationToken, Task> work)
    {
        var session = ConnectionSession.Current;
        return async cancellation =>
        {
            _connection = Connection ?? await session.FindAsync(cancellation).ConfigureAwait(false) ?? throw new RedisMLException(
                "NotConnected", ErrorKind.ConnectionError,
                "There is no connection. Use Connect-RedisML, give -Connection, or set $env:REDISML_CONNECTION; a worker runspace, as in " +
                "ForEach-Object -Parallel, doesn't inherit the connection of its parent.");
            await work(_connection, cancellation).ConfigureAwait(false);
        };
    }
}
