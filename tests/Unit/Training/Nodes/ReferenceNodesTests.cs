using RedisML.Importing;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>Real data by one, two and three processes of one, two and four workers: the parameters are the same to the bit.</summary>
/// <remarks>That they are right is shown where one process finds them; the benchmark <c>references</c> does this for all sets.</remarks>
public sealed class ReferenceNodesTests(RedisServerFixture redis)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("digits", "Softmax")]
    [InlineData("diabetes", "Linear")]
    public async Task Any_number_of_processes_and_workers_finds_the_same(string set, string algorithm)
    {
        var connection = await redis.ConnectAsync();
        await DatasetImport.RunAsync(connection, SharedData.Path($"{set}.csv"), new() { Dataset = set }, null,
            Cancellation);
        await using var fixture = new RunFixture(connection);
        var specification = new TrainingSpecification { Algorithm = algorithm, Label = "target" };
        await (await fixture.StartAsync(new(), specification, "one", set)).Completion.WaitAsync(Patience.Script, Cancellation);
        foreach (var (nodes, workers) in new[] { (2, 2), (3, 4) })
        {
            var model = $"m{nodes}.{workers}";
            List<NodeProcess> processes =
                [NodeProcess.Start(connection, set, model, specification, RunFixture.Staying(nodes), workers)];
            try
            {
                var id = await fixture.RunAsync(model);
                for (int i = 1; i < nodes; i++) processes.Add(NodeProcess.Join(connection, id, workers));
                foreach (var process in processes) Assert.EndsWith($" {nodes}", await CompletedAsync(process));
            }
            finally
            {
                processes.ForEach(process => process.Dispose());
            }
            Assert.Equal(await fixture.BitsAsync("one"), await fixture.BitsAsync(model));
        }
    }

    static async Task<string> CompletedAsync(NodeProcess process)
    {
        var line = await process.ResultAsync();
        Assert.StartsWith("Completed ", line);
        return line;
    }
}
