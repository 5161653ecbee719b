using RedisML.Datasets;
using RedisML.Datasets.Chunks;
using RedisML.Datasets.Columns;
using RedisML.Datasets.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

public sealed class DatasetSplitTests(EmbeddedServerFixture embedded) : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ChunkCompression.None)]
    [InlineData(ChunkCompression.Lz4)]
    public async Task Every_row_goes_to_one_part_by_seed_and_row_number(ChunkCompression compression)
    {
        const int rows = 30_000;
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write("a.csv", "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},t{i % 5}\n")));
        await DatasetImport.RunAsync(connection, path, new() { Dataset = "a", Label = "id", Compression = compression }, null, Cancellation);
        var source = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        var (train, test) = await new DatasetSplit(connection).RunAsync(source, 0.2, 42, false, null, Cancellation);

        Assert.Equal(("a-train", "a-test", "id", "id"), (train.Name, test.Name, train.Label, test.Label));
        Assert.InRange(test.Rows, 0.19 * rows, 0.21 * rows);
        var testIds = await IdsAsync(test);
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (long)i).Where(i => DatasetSplit.IsTest(42, i, 0.2)), testIds);
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (long)i).Except(testIds), await IdsAsync(train));

        var again = await new DatasetSplit(connection).RunAsync(source, 0.2, 42, false, null, Cancellation);
        Assert.Equal((1, 1), (again.Train.Version, again.Test.Version));
        var error = await Assert.ThrowsAsync<RedisMLException>(() => new DatasetSplit(connection).RunAsync(source, 0.2, 43, false, null, Cancellation));
        Assert.Equal("DatasetExists", error.ErrorId);
        var forced = await new DatasetSplit(connection).RunAsync(source, 0.2, 43, true, null, Cancellation);
        Assert.Equal(2, forced.Test.Version);

        async Task<List<long>> IdsAsync(Dataset dataset)
        {
            var ids = new List<long>();
            await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: Cancellation))
                using (chunk)
                    for (int i = 0; i < chunk.Batch.Length; i++)
                    {
                        ids.Add((long)ArrowValues.GetObject(chunk.Batch.Column(0), i)!);
                        Assert.Equal($"t{ids[^1] % 5}", ArrowValues.GetObject(chunk.Batch.Column(1), i));
                    }
            return ids;
        }
    }

    [Fact]
    public async Task A_split_that_leaves_a_part_empty_is_refused_and_leaves_nothing()
    {
        await using var connection = await embedded.ConnectAsync();
        await DatasetImport.RunAsync(connection, _folder.Write("a.csv", "id\n1\n"), new() { Dataset = "a" }, null, Cancellation);
        var before = await connection.KeysAsync();
        var source = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => new DatasetSplit(connection).RunAsync(source, 0.2, 1, false, null, Cancellation));
        Assert.Equal("EmptySplit", error.ErrorId);
        Assert.Equal(before, await connection.KeysAsync());
    }
}
