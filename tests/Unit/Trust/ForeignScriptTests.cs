using System.Text.Json.Nodes;
using RedisML.Connections;
using RedisML.Runs;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Trust;

/// <summary>No code comes out of Redis: the script of a run is text that anybody may have written,
/// and runs only where the user of that node allowed it.</summary>
public sealed class ForeignScriptTests(RedisServerFixture redis) : IDisposable
{
    const string Own = "{ param($b, $p, $c) @{ Loss = 1.0; p = 0.0 } }";

    readonly HostedEngine _engine = new();
    readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("Join")]
    [InlineData("Resume")]
    public async Task A_script_that_somebody_added_to_a_run_is_shown_and_not_run(string verb)
    {
        await using var connection = await ConnectAsync();
        string mark = Path.Combine(_folder.Path, "executed");
        var id = await StartAsync(connection, "-Algorithm Logistic -Derive @{ y = 'x > 3' } -Label y", verb);
        await PlantAsync(connection, id, $"New-Item '{mark}'; @{{ Loss = 1.0 }}");
        foreach (string how in new[] { "", "-AllowScript 00", $"-ScriptBlock {Own}" })
        {
            var error = Assert.Single(_engine.Invoke($"{verb}-RedisDistributedTraining {id} -WorkerCount 1 -Wait {how}").Errors);
            Assert.StartsWith(how.Contains("Block", StringComparison.Ordinal) ? "ScriptMismatch,"
                : "ScriptNotAllowed,", error.FullyQualifiedErrorId);
            Assert.Contains("New-Item", error.ToString());
            Assert.Matches("[0-9a-f]{64}", error.ToString());
        }
        Assert.False(File.Exists(mark));
        Stop(id);
    }

    [Theory]
    [InlineData("-ScriptBlock " + Own)]
    [InlineData("-AllowScript $job.Run.ScriptHash")]
    public async Task A_script_that_the_user_gave_or_whose_hash_was_shown_runs(string how)
    {
        await using var connection = await ConnectAsync();
        var id = await StartAsync(connection, $"-ScriptBlock {Own} -InitialParameter @{{ p = 1.0 }} -Label x -MaxIteration 2", "Join");
        dynamic run = Assert.Single(
            _engine.Invoke($"Join-RedisDistributedTraining {id} -WorkerCount 1 -Wait -WarningAction Ignore {how}").OutputWithoutErrors);
        Assert.Equal("Completed", (string)run.State.ToString());
        Assert.Matches("^[0-9a-f]{64}$", (string)run.ScriptHash);
        Stop(id);
    }

    async Task<RedisMLConnection> ConnectAsync()
    {
        var connection = await redis.ConnectAsync();
        var rows = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i % 7},{i}\n"));
        Assert.Empty(
            _engine.Invoke(
            $"Connect-RedisML {connection.Endpoint} -Prefix {connection.Prefix}; Import-RedisTrainingData " +
            $"'{_folder.Write("a.csv", "x,z\n" + rows)}' -Dataset a").Errors);
        return connection;
    }

    /// <summary>A run that waits for a node; to be resumed, it is stopped.</summary>
    async Task<string> StartAsync(RedisMLConnection connection, string what, string verb)
    {
        Assert.Empty(_engine.Invoke($"$job = Start-RedisDistributedTraining a m -NodeCount 2 -NodeTimeout 5 -WorkerCount 1 {what} " +
            "-InformationAction Ignore").Errors);
        string id = Assert.Single(await new RunStore(connection).ListAsync(TestContext.Current.CancellationToken));
        if (verb == "Resume") Stop(id);
        return id;
    }

    void Stop(string id) => _engine.Invoke(
        $"$null = Stop-RedisDistributedTraining {id} -ErrorAction Ignore; $null = $job | Wait-Job -Timeout 120; $job | Remove-Job -Force");

    static async Task PlantAsync(RedisMLConnection connection, string id, string script)
    {
        var key = connection.Keys.Run(id).Specification;
        var json = JsonNode.Parse((string)(await connection.Database.StringGetAsync(key))!)!;
        json["work"]!["training"]!["script"] =
            new JsonObject { ["text"] = script, ["reduction"] = "Sum", ["initialParameters"] = new JsonArray() };
        await connection.Database.StringSetAsync(key, json.ToJsonString());
    }
}
