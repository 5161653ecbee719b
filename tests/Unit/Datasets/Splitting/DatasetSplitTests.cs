using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Datasets.Splitting;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets.Splitting;

public sealed class DatasetSplitTests(EmbeddedServerFixture embedded, RedisServerFixture redis) : IDisposable
{
    static readonly IReadOnlyList<SplitPart> s_three = SplitPart.Of([0.7, 0.15, 0.15]);

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
        var content = "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},t{i % 5}\n"));
        await ImportAsync(connection, content, new() { Dataset = "a", Label = "id", Compression = compression });
        var options = new DatasetSplitOptions { Parts = SplitPart.TrainAndTest(0.2), Seed = 42 };
        var parts = await SplitAsync(connection, options);

        Assert.Equal([("a-train", "train", "id"), ("a-test", "test", "id")], parts.Select(p => (p.Name, p.Part, p.Label!)));
        Assert.InRange(parts[1].Rows, 0.19 * rows, 0.21 * rows);
        Assert.Equal(parts[1].Rows / (double)rows, parts[1].Share);
        var test = await IdsAsync("a-test");
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (long)i).Where(i => RowHash.ToUnit(RowHash.Of(42, i)) < 0.2), test);
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (long)i).Except(test), await IdsAsync("a-train"));

        Assert.Equal([1, 1], (await SplitAsync(connection, options)).Select(p => p.Version));
        var error = await Assert.ThrowsAsync<RedisMLException>(() => SplitAsync(connection, options with { Seed = 43 }));
        Assert.Equal("DatasetExists", error.ErrorId);
        Assert.Equal([2, 2], (await SplitAsync(connection, options with { Seed = 43, Force = true })).Select(p => p.Version));

        async Task<List<long>> IdsAsync(string name)
        {
            var found = await connection.RowsAsync(name);
            Assert.All(found, row => Assert.Equal($"t{(long)row[0]! % 5}", row[1]));
            return [.. found.Select(row => (long)row[0]!)];
        }
    }

    [Theory]
    [InlineData(DatasetLayout.Columnar)]
    [InlineData(DatasetLayout.Hash)]
    [InlineData(DatasetLayout.Stream)]
    public async Task Three_parts_are_stratified_grouped_or_sorted_whatever_the_layout(DatasetLayout layout)
    {
        const int rows = 5000;
        await using var connection = await redis.ConnectAsync();
        var content = "id,kind,user,day\n" + string.Concat(Enumerable.Range(0, rows).Select(i =>
            $"{i},{(i % 100 == 0 ? "" : i % 17 == 0 ? "rare" : "usual")},{i * 7919 % 331}," +
            $"{new DateTime(2020, 1, 1).AddDays(i * 31 % 1009):yyyy-MM-dd}\n"));
        await ImportAsync(connection, content, new() { Dataset = "a", Layout = layout });
        var all = await connection.RowsAsync("a");

        var parts = await SplitAsync(connection, new() { Parts = s_three, Stratify = "kind", Seed = 1 });
        Assert.All(parts, p => Assert.Equal(DatasetLayout.Columnar, p.Layout));
        var found = await PartRowsAsync();
        for (int i = 0; i < 3; i++)
            foreach (var kind in (string?[])["usual", "rare", null])
            {
                int count = found[i].Count(row => (string?)row[1] == kind);
                Assert.Equal(count, parts[i].Classes!.Single(c => (string?)c.Value == kind).Rows);
                Assert.InRange(count - s_three[i].Fraction * all.Count(row => (string?)row[1] == kind), -0.999m, 0.999m);
            }
        var again = await SplitAsync(connection, new() { Parts = s_three, Stratify = "kind", Seed = 1 });
        Assert.Equal(parts.SelectMany(p => p.Classes!), again.SelectMany(p => p.Classes!));
        Assert.All(again, p => Assert.Equal(1, p.Version));

        await SplitAsync(connection, new() { Parts = s_three, By = "user", Seed = 1, Force = true });
        found = await PartRowsAsync();
        Assert.Equal(331, found.Sum(part => part.Select(row => row[2]).Distinct().Count()));
        Assert.All(found.Zip(s_three), p =>
            Assert.InRange(p.First.Count / (double)rows, (double)p.Second.Fraction - 0.005, (double)p.Second.Fraction + 0.005));

        await SplitAsync(connection, new() { Parts = s_three, By = "day", Force = true });
        found = await PartRowsAsync();
        for (int i = 0; i < 2; i++) Assert.True(found[i].Max(row => (DateTime)row[3]!) < found[i + 1].Min(row => (DateTime)row[3]!));
        Assert.All(found.Zip(s_three), p =>
            Assert.InRange(p.First.Count / (double)rows, (double)p.Second.Fraction - 0.002, (double)p.Second.Fraction + 0.002));

        // Every row is in one part, as it was.
        async Task<List<object?[]>[]> PartRowsAsync()
        {
            List<object?[]>[] lists =
                [await connection.RowsAsync("a-train"), await connection.RowsAsync("a-validation"), await connection.RowsAsync("a-test")];
            Assert.Equal(all, lists.SelectMany(l => l).OrderBy(row => (long)row[0]!));
            return lists;
        }
    }

    [Fact]
    public async Task Chunks_of_parts_are_sized_before_compression()
    {
        await using var connection = await embedded.ConnectAsync();
        var content = "a,b,c\n"
            + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i * 7919L % 1_000_003},{i / 100},0.{i * 31 % 1009:0000}\n"));
        await ImportAsync(connection, content, new() { Dataset = "a", Compression = ChunkCompression.Zstd });
        await SplitAsync(connection, new() { Parts = SplitPart.TrainAndTest(0.2) });
        await foreach (var chunk in new DatasetReader(connection)
            .ReadAsync(await new DatasetStore(connection).GetAsync("a-train", null, Cancellation), cancellation: Cancellation))
            using (chunk) Assert.InRange(ChunkCodec.BufferBytes(chunk.Batch), 1, 1.2 * ChunkSize.TargetBytes);
    }

    [Theory]
    [InlineData("EmptySplit", null, null, null)]
    [InlineData("EmptySplit", null, "same", null)]
    [InlineData("EmptySplit", null, "same", true)]
    [InlineData("UnsortableColumn", null, "text", true)]
    [InlineData("ColumnNotFound", "nothing", null, null)]
    [InlineData("ColumnNotFound", null, "nothing", null)]
    [InlineData("ConflictingOptions", "text", "text", null)]
    [InlineData("ConflictingOptions", null, null, true)]
    public async Task What_can_not_be_split_is_refused_and_leaves_nothing(string id, string? stratify, string? by, bool? sorted)
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, "same,text\n1,a\n", new() { Dataset = "a" });
        var before = await connection.KeysAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(
            () => SplitAsync(connection, new() { Parts = s_three, Stratify = stratify, By = by, Sorted = sorted }));
        Assert.Equal(id, error.ErrorId);
        Assert.Equal(before, await connection.KeysAsync());
    }

    Task ImportAsync(RedisMLConnection connection, string content, ImportOptions options) =>
        DatasetImport.RunAsync(connection, _folder.Write("a.csv", content), options, null, Cancellation);

    static async Task<IReadOnlyList<DatasetPart>> SplitAsync(RedisMLConnection connection, DatasetSplitOptions options) =>
        await new DatasetSplit(connection)
            .RunAsync(await new DatasetStore(connection).GetAsync("a", null, Cancellation), options, null, Cancellation);
}
