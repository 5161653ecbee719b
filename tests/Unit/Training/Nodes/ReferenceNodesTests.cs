using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>Real data by one, two and three processes of one, two and four workers: the parameters are the same to the bit.</summary>
/// <remarks>That they are right is shown where one process finds them; the benchmark <c>references</c> does this for all sets.</remarks>
public sealed class ReferenceNodesTests(RedisServerFixture redis)
{
    [Theory]
    [InlineData("digits", "Softmax")]
    [InlineData("diabetes", "Linear")]
    public async Task Any_number_of_processes_and_workers_finds_the_same(string set, string algorithm)
    {
        var connection = await redis.ConnectAsync();
        await DatasetImport.RunAsync(connection, SharedData.Path($"{set}.csv"), new() { Dataset = set }, null,
            TestContext.Current.CancellationToken);
        await using var fixture = new RunFixture(connection);
        long[]? first = null;
        foreach (var (nodes, workers) in new[] { (1, 1), (2, 2), (3, 4) })
        {
            var model = $"m{nodes}.{workers}";
            var processes = Enumerable.Range(0, nodes).Select(node => NodeProcess.Start(connection, node == 0
                ? $"Start-RedisDistributedTraining {set} {model} -Algorithm {algorithm} -Label target -WorkerCount {workers} -NodeCount " +
                    $"{nodes}"
                : $"$(while (!($found = Get-RedisDistributedTraining -Model {model})) {{ [Threading.Thread]::Sleep(5) }}; $found) | " +
                    $"Join-RedisDistributedTraining -WorkerCount {workers}")).ToList();
            try
            {
                foreach (var process in processes) Assert.EndsWith($" {nodes}", await CompletedAsync(process));
            }
            finally
            {
                processes.ForEach(process => process.Dispose());
            }
            var bits = await fixture.BitsAsync(model);
            Assert.Equal(first ??= bits, bits);
        }
    }

    static async Task<string> CompletedAsync(NodeProcess process)
    {
        var line = await process.ResultAsync();
        Assert.StartsWith("Completed ", line);
        return line;
    }
}
