using RedisML.Connections;

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

    protected static async Task AssertWholeAsync(RedisMLConnection connection, int rows) =>
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (long)i), (await connection.RowsAsync("a")).Select(r => (long)r[0]!));
}
