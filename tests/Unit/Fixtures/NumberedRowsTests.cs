using RedisML.Connections;
using RedisML.Importing;
using RedisML.Unit.Datasets;

namespace RedisML.Unit.Fixtures;

/// <summary>Tests that import rows numbered from 0, of which none may be lost or come twice.</summary>
public abstract class NumberedRowsTests : IDisposable
{
    protected TemporaryFolder Folder { get; } = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual void Dispose() => Folder.Dispose();

    /// <summary>What makes the texts longer: of long rows, few make many parts and chunks.</summary>
    protected static string Long(int length) => string.Concat(Enumerable.Repeat(" and some more of it", length / 20));

    /// <summary>Writes a CSV file of the columns id, value and text.</summary>
    /// <param name="more">Stands at the end of each text.</param>
    protected string WriteRows(int rows, string name = "a.csv", int from = 0, string more = "") =>
        Folder.Write(name, "id,value,text\n"
            + string.Concat(Enumerable.Range(from, rows).Select(i => $"{i},{i / 7.0:R},a text of its own {i}{more}\n")));

    /// <summary>Imports until checkpoints are made; then the server is killed and the import stopped, and the server comes back.</summary>
    private protected static async Task BreakOffAsync(
        RedisServer server, RedisMLConnection connection, string path, ImportOptions options)
    {
        using var cancel = new CancellationTokenSource();
        // Slow enough for checkpoints, which come once a second.
        var progress = new AtReport(6, () =>
        {
            server.Kill();
            cancel.Cancel();
        }, delay: 350);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetImport.RunAsync(connection, path, options, progress, cancel.Token));
        server.Restart();
    }

    protected static async Task AssertWholeAsync(RedisMLConnection connection, int rows) =>
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (long)i), (await connection.RowsAsync("a")).Select(r => (long)r[0]!));
}
