using RedisML.Features;
using RedisML.Runs;
using RedisML.Training;
namespace RedisML.Unit.Training;

/// <summary>What a fit says of itself: rows left out, and why there is no minimum.</summary>
public sealed class FitAdviceTests
{
    [Theory]
    [InlineData("Logistic")]
    [InlineData("Softmax")]
    public async Task Separated_classes_want_a_penalty(string algorithm)
    {
        var table = new TestTable().Add("x", Enumerable.Range(0, 40).Select(i => (double?)i))
            .Add("y", Enumerable.Range(0, 40).Select(i => (string?)(i < 20 ? "n" : "p")));
        var result = await table.TrainAsync(new() { Algorithm = algorithm, Label = "y", L2 = 0 });
        var warning = Assert.Single(result.Warnings);
        Assert.Contains("'y' are separated", warning);
        Assert.Contains("no finite minimum", warning);
        Assert.Contains("-L2", warning);
        Assert.Empty((await table.TrainAsync(new() { Algorithm = algorithm, Label = "y", L2 = 0.01 })).Warnings);
    }

    /// <summary>One row that is told wrong, and there is a minimum; also where it has hardly any weight.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1e-3)]
    public async Task Classes_that_a_row_keeps_together_are_not_separated(double weight)
    {
        var table = new TestTable()
            .Add("x", Enumerable.Range(0, 40).Select(i => (double?)i))
            .Add("y", Enumerable.Range(0, 40).Select(i => (string?)(i < 20 && i != 3 ? "n" : "p")))
            .Add("w", Enumerable.Range(0, 40).Select(i => (double?)(i == 3 ? weight : 1)));
        var result = await table.TrainAsync(new() { Algorithm = "Logistic", Label = "y", L2 = 0, SampleWeight = "w" });
        Assert.DoesNotContain(result.Warnings, warning => warning.Contains("no finite minimum"));
    }

    [Theory]
    [InlineData("Logistic", "k", "'c' = 'only'")]
    [InlineData("Poisson", "n", "'c' = 'only'")]
    public async Task A_level_that_goes_with_one_class_alone_is_named(string algorithm, string label, string feature)
    {
        var random = new Random(5);
        var c = Enumerable.Range(0, 90).Select(i => i % 3 == 0 ? "only" : i % 3 == 1 ? "a" : "b").ToArray();
        var table = new TestTable().Add("c", c.Select(v => (string?)v)).Add("x", c.Select(_ => (double?)random.NextDouble()))
            .Add("k", c.Select(v => (string?)(v == "only" || random.Next(2) == 0 ? "yes" : "no")))
            .Add("n", c.Select(v => (double?)(v == "only" ? 0 : random.Next(1, 9))));
        var result = await table.TrainAsync(
            new() { Algorithm = algorithm, Label = label, Features = ["c", "x"], L2 = 0, Tolerance = 0, MaxIteration = 300 });
        Assert.False(result.Converged);
        var warning = Assert.Single(result.Warnings);
        Assert.Contains(feature, warning);
        Assert.Contains("-L2", warning);
    }

    [Fact]
    public async Task A_fit_that_is_cut_short_is_told_to_go_on()
    {
        var random = new Random(5);
        var table = new TestTable().Add("x", Enumerable.Range(0, 90).Select(_ => (double?)random.NextDouble()))
            .Add("k", Enumerable.Range(0, 90).Select(_ => (string?)(random.Next(2) == 0 ? "yes" : "no")));
        var result = await table.TrainAsync(new() { Algorithm = "Logistic", Label = "k", MaxIteration = 1, Tolerance = 0 });
        Assert.Contains("-MaxIteration", Assert.Single(result.Warnings));
    }

    [Fact]
    public async Task Rows_left_out_are_said_with_their_columns()
    {
        var table = new TestTable()
            .Add("x", [1.0, 2, null, 4, 5, 7, null, 8])
            .Add("c", ["a", "b", "c", null, "a", "b", null, "a"])
            .Add("full", [1.0, 2, 3, 4, 5, 6, 7, 8])
            .Add("w", [1L, 1, 1, 1, 1, null, 0, 1])
            .Add("y", [1.0, 2, 3, 4, null, 6, 5, 4]);
        var specification =
            new TrainingSpecification { Algorithm = "Linear", Label = "y", SampleWeight = "w", Missing = MissingPolicy.Drop };
        var dropped = await table.TrainAsync(specification, chunkRows: 3);
        Assert.Equal((3, 4), (dropped.RowsUsed, dropped.RowsDropped)); // and one of weight 0
        Assert.Equal(
            "4 of 7 rows were left out because a value is missing: 'y' in 1, 'w' in 1, 'x' in 1, 'c' in 1. -Missing Mean keeps rows that " +
            "miss a feature.",
            Assert.Single(dropped.Warnings));
        var kept = await table.TrainAsync(specification with { Missing = MissingPolicy.Mean }, chunkRows: 3);
        Assert.Equal("2 of 7 rows were left out because a value is missing: 'y' in 1, 'w' in 1.", Assert.Single(kept.Warnings));
    }

    [Fact]
    public async Task Rows_of_the_validation_are_said_too_and_progress_counts_rows_left_out()
    {
        var table = new TestTable().Add("x", Enumerable.Range(0, 40).Select(i => i % 10 == 1 ? null : (double?)i))
            .Add("y", Enumerable.Range(0, 40).Select(i => (double?)(2 * i)));
        var reports = new Reports();
        var result =
            await new TrainingSession(new() { Algorithm = "Linear", Label = "y", Missing = MissingPolicy.Drop, L1 = 0.1 }, table.Schema,
            new MemoryChunks(table.Chunks(7)), 1, reports, new MemoryChunks(table.Chunks(7)))
                .RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, result.Warnings.Count);
        Assert.StartsWith("4 of 40 rows", result.Warnings[0]);
        Assert.StartsWith("4 validation rows", result.Warnings[1]);
        Assert.Equal((36, 4), (reports.Last.Rows, reports.Last.RowsDropped));
    }

    sealed class Reports : IProgress<RunProgress>
    {
        public RunProgress Last { get; private set; }

        public void Report(RunProgress value) => Last = value;
    }
}
