using System.Diagnostics;
using System.Text.Json.Nodes;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Trust;

/// <summary>What somebody wrote into Redis counts for no more than what is there, leads nowhere else, and can be removed.</summary>
public sealed class HostileKeysTests(EmbeddedServerFixture embedded, RedisServerFixture redis) : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ServerKind.Embedded, DatasetLayout.Hash)]
    [InlineData(ServerKind.Redis, DatasetLayout.Hash)]
    [InlineData(ServerKind.Redis, DatasetLayout.Stream)]
    public async Task Rows_that_a_manifest_only_claims_are_neither_read_nor_removed_for_ever(ServerKind kind, DatasetLayout layout)
    {
        await using var connection = await kind.ConnectAsync(embedded, redis);
        await ImportAsync(connection, "a", layout);
        await EditAsync(connection, connection.Keys.Dataset("a"), "version:1", manifest => manifest["rows"] = 9_000_000_000);
        await AssertSoonAsync(async () =>
            Assert.Equal("DatasetDataLost", (await Assert.ThrowsAsync<RedisMLException>(() => connection.RowsAsync("a"))).ErrorId));
        await AssertSoonAsync(() => new DatasetStore(connection).RemoveAsync("a", Cancellation));
        Assert.Empty(await connection.KeysAsync());
        await ImportAsync(connection, "a", layout);
        await EditAsync(connection, connection.Keys.Dataset("a"), "version:1", manifest => manifest["rows"] = 1_000_000_000_000_000);
        await AssertCorruptAsync(connection, "a");
    }

    [Theory]
    [InlineData("chunks", "2000000000")]
    [InlineData("chunks", "9223372036854775807")]
    [InlineData("chunks", "many")]
    [InlineData("rows", "9000000000000")]
    [InlineData("rowsBefore", "x")]
    public async Task A_dead_journal_that_claims_more_than_there_is_is_swept_soon(string field, string value)
    {
        await using var connection = await redis.ConnectAsync();
        var keys = connection.Keys;
        const string import = "00000000000000ff";
        await connection.Database.SetAddAsync(keys.Imports, import);
        await connection.Database.StringSetAsync(keys.Chunk("dead", import, 5), "1");
        await connection.Database.HashSetAsync(keys.Row("dead", "3"), "n", "1");
        await connection.Database.HashSetAsync(keys.Journal(import),
            [new("dataset", "dead"), new("beat", 1), new("chunks", 10), new("rows", 10), new("rowsBefore", 0),
            new("placement", $$"""{"layout":"Hash","index":"{{keys.Rows("dead", import)}}"}""")]);
        await connection.Database.HashSetAsync(keys.Journal(import), field, value);
        await AssertSoonAsync(() => ImportAsync(connection, "a"));
        var left = await connection.KeysAsync();
        Assert.DoesNotContain(left, k => k.Contains(":import", StringComparison.Ordinal));
        if (value != "many") Assert.DoesNotContain(left, k => k.Contains(":dead:chunk", StringComparison.Ordinal));
        Assert.Equal(2, (await connection.RowsAsync("a")).Count);
    }

    [Fact]
    public async Task Blobs_of_a_run_that_name_keys_elsewhere_are_left_alone()
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "a");
        string foreign = $"{connection.Prefix}:foreign:9";
        await connection.Database.StringSetAsync(foreign, "1");
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        var training = await ModelTraining.StartAsync(connection, dataset, "m",
            new()
            {
                Algorithm = "Linear", Label = "n", Features = ["t"], L2 = 0, Tolerance = 0, MaxIteration = 100_000,
                Optimizer = new() { Kind = RedisML.Training.Optimization.OptimizerKind.Adam, Epochs = 20 }
            }, 1,
                new() { NodeCount = 1, CheckpointInterval = 0, CheckpointStep = 1, KeepCheckpoint = 1 }, Cancellation);
        string id = training.Run.Id;
        foreach (string blob in new[] { foreign, $"{connection.Prefix}:dataset:a:8", "no number" })
            await connection.Database.SetAddAsync(connection.Keys.Run(id).Blobs, blob);
        training.Work(0, Cancellation);
        await training.Completion;
        Assert.True(await new RunStore(connection).RemoveAsync(id, Cancellation));
        Assert.True(await connection.Database.KeyExistsAsync(foreign));
        Assert.Equal(2, (await connection.RowsAsync("a")).Count);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains($"{{{id}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("spec", "{")]
    [InlineData("spec", "null")]
    [InlineData("spec", "{\"id\":\"x\"}")]
    [InlineData("gen", "soon")]
    [InlineData("step", "1e400")]
    [InlineData("result", "{")]
    [InlineData("updated", "yesterday")]
    public async Task A_broken_run_hides_no_other_names_its_key_and_can_be_removed(string where, string value)
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "a");
        string broken = await TrainAsync(connection, "one"), whole = await TrainAsync(connection, "two");
        var keys = connection.Keys.Run(broken);
        if (where == "spec") await connection.Database.StringSetAsync(keys.Specification, value);
        else await connection.Database.HashSetAsync(where == "updated" ? keys.Progress : keys.Control, where, value);
        using var engine = new HostedEngine();
        var listed =
            engine.Invoke($"$null = Connect-RedisML {connection.Endpoint} -Prefix {connection.Prefix}; Get-RedisDistributedTraining");
        Assert.Equal(whole, ((dynamic)Assert.Single(listed.Output)).Id);
        var error = Assert.Single(listed.Errors);
        Assert.StartsWith("RunCorrupt,", error.FullyQualifiedErrorId);
        Assert.Contains(broken, error.ToString());
        Assert.Contains($":run:{{{broken}}}:", $"{error.TargetObject}");
        await new RunStore(connection).RemoveAsync(broken, Cancellation);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(broken, StringComparison.Ordinal));
        Assert.Equal(whole, Assert.Single(await new RunStore(connection).ListAsync(Cancellation)));
    }

    [Theory]
    [InlineData("algorithm", "\"99\"", "AlgorithmNotFound")]
    [InlineData("task", "\"99\"")]
    [InlineData("pipeline.features.0.scale", "0")]
    [InlineData("pipeline.features.0.scale", "\"NaN\"")]
    [InlineData("pipeline.features.0.mean", "\"Infinity\"")]
    [InlineData("pipeline.features.0", "null")]
    [InlineData("pipeline.label", "null")]
    [InlineData("lineage", "null")]
    public async Task A_model_whose_definition_is_none_predicts_nothing_and_hides_no_other(string path, string value,
        string errorId = "InvalidModelDefinition")
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "a");
        await TrainAsync(connection, "one");
        await TrainAsync(connection, "two");
        await EditAsync(connection, connection.Keys.ModelVersion("one", 1), "@definition", definition =>
        {
            var words = path.Split('.');
            foreach (string word in words[..^1]) definition = int.TryParse(word, out int index) ? definition[index]! : definition[word]!;
            if (int.TryParse(words[^1], out int last)) definition[last] = JsonNode.Parse(value);
            else definition[words[^1]] = JsonNode.Parse(value);
        });
        using var engine = new HostedEngine();
        var tested = engine.Invoke($"$null = Connect-RedisML {connection.Endpoint} -Prefix {connection.Prefix}; Test-RedisModel one a");
        Assert.StartsWith(errorId + ",", Assert.Single(tested.Errors).FullyQualifiedErrorId);
        Assert.Empty(tested.Output);
        Assert.Contains("two", engine.Invoke("Get-RedisModel").Output.Select(m => (string)((dynamic)m).Name));
        Assert.True(await new ModelStore(connection).RemoveAsync("one", Cancellation));
    }

    [Theory]
    [InlineData("last", "9000000000000000")]
    [InlineData("last", "-5")]
    [InlineData("version", "first")]
    public async Task A_model_whose_head_counts_wrongly_can_be_removed_soon_and_whole(string field, string value)
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "a");
        await TrainAsync(connection, "one");
        await connection.Database.HashSetAsync(connection.Keys.Model("one"), field, value);
        if (field == "version")
            Assert.Equal("InvalidModelDefinition", (
                await Assert.ThrowsAsync<RedisMLException>(() => new ModelStore(connection).GetAsync("one", null, Cancellation))).ErrorId);
        await AssertSoonAsync(() => new ModelStore(connection).RemoveAsync("one", Cancellation));
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":model:one:version", StringComparison.Ordinal));
    }

    /// <summary>A chunk whose checksum is right, and whose buffers claim to inflate to gigabytes.</summary>
    [Fact]
    public async Task A_buffer_that_claims_more_than_it_can_yield_is_refused_before_memory_is_taken()
    {
        await using var connection = await redis.ConnectAsync();
        await DatasetImport.RunAsync(connection, _folder.Write("a.csv", "n\n"
            + string.Concat(Enumerable.Range(0, 4000).Select(i => $"{i % 3 * 100_000}\n"))), new() { Dataset = "a" }, null, Cancellation);
        var keys = await connection.KeysAsync();
        string chunk = keys.Single(k => k.Contains(":chunk:", StringComparison.Ordinal)),
            page = keys.Single(k => k.Contains(":page:", StringComparison.Ordinal));
        byte[] bytes = (await connection.Database.StringGetAsync(chunk))!;
        // What a buffer inflates to stands before it: 16,000 bytes of numbers.
        int at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(16_000L));
        Assert.True(at > 0);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), 2_000_000_000L);
        await connection.Database.StringSetAsync(chunk, bytes);
        var entries = JsonNode.Parse((string)(await connection.Database.StringGetAsync(page))!)!;
        entries[0]!["crc32"] = ChunkCodec.Checksum(bytes);
        await connection.Database.StringSetAsync(page, entries.ToJsonString());
        long before = GC.GetTotalAllocatedBytes();
        var error = await AssertCorruptAsync(connection, "a");
        Assert.Contains("inflate", error.Message);
        Assert.Equal(chunk, error.Target);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200 << 20);
    }

    [Fact]
    public async Task A_list_of_datasets_has_the_neighbours_of_a_broken_one_and_its_error()
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "broken");
        await ImportAsync(connection, "whole");
        await connection.Database.HashSetAsync(connection.Keys.Dataset("broken"), "version:1", "{");
        var errors = new List<RedisMLException>();
        Assert.Equal("whole", Assert.Single(await new DatasetStore(connection).ListAsync(_ => true, Cancellation, errors.Add)).Name);
        Assert.Equal("DatasetCorrupt", Assert.Single(errors).ErrorId);
    }

    /// <summary>A name that would steer the terminal comes out visible in every message.</summary>
    [Fact]
    public void What_would_steer_a_terminal_comes_out_visible()
    {
        var error = new RedisMLException("X", ErrorKind.InvalidData, "a\u001b[2Jb\r\u0007c\u202Ed\u0085e\nf\tg");
        Assert.Equal("a\\x1B[2Jb\\x0D\\x07c\\u202Ed\\x85e\nf\tg", error.Message);
    }

    Task<ImportResult> ImportAsync(RedisMLConnection connection, string dataset, DatasetLayout layout = DatasetLayout.Columnar) =>
        DatasetImport.RunAsync(
        connection, _folder.Write($"{dataset}.csv", "n,t\n1,2\n2,5\n"), new() { Dataset = dataset, Layout = layout, Label = "n" }, null,
        Cancellation);

    static async Task<string> TrainAsync(RedisMLConnection connection, string model)
    {
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        var training = await ModelTraining.StartAsync(connection, dataset, model,
            new() { Algorithm = "Linear", Label = "n", Features = ["t"] }, 1, new(), Cancellation);
        training.Work(0, Cancellation);
        return (await training.Completion).Id;
    }

    static async Task EditAsync(RedisMLConnection connection, RedisKey key, string field, Action<JsonNode> edit)
    {
        var json = JsonNode.Parse((string)(await connection.Database.HashGetAsync(key, field))!)!;
        edit(json);
        await connection.Database.HashSetAsync(key, field, json.ToJsonString());
    }

    static async Task<RedisMLException> AssertCorruptAsync(RedisMLConnection connection, string dataset)
    {
        var error = await Assert.ThrowsAsync<RedisMLException>(() => connection.RowsAsync(dataset));
        Assert.Equal("DatasetCorrupt", error.ErrorId);
        return error;
    }

    static async Task AssertSoonAsync(Func<Task> act)
    {
        var clock = Stopwatch.StartNew();
        await act().WaitAsync(Patience.Event, Cancellation);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Patience.Event);
    }
}
