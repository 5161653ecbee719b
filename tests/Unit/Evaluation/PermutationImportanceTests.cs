using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Evaluation;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training;

namespace RedisML.Unit.Evaluation;

public sealed class PermutationImportanceTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Of ŷ = y = 3a + b the share of the variance that shuffling a column takes away is twice that column's own.</summary>
    [Theory]
    [InlineData(50)]
    [InlineData(4000)]
    public async Task A_column_is_as_important_as_what_its_shuffling_costs(int chunkRows)
    {
        var measured = await MeasureAsync(new() { Repeats = 4 }, chunkRows);
        Assert.Equal(["a", "b", "unused"], measured.Select(m => m.Feature));
        Assert.All(measured, m => Assert.Equal((ImportanceMetric.R2, 1.0, 4000L), (m.Metric, m.Score, m.Rows)));
        Assert.Equal(2 * 0.9, measured[0].Importance, 0.1);
        Assert.Equal(2 * 0.1, measured[1].Importance, 0.05);
        Assert.Equal((0, 0), (measured[2].Importance, measured[2].Deviation));
        Assert.InRange(measured[0].Deviation, 1e-6, 0.1);
    }

    [Fact]
    public async Task Errors_get_worse_where_they_grow()
    {
        var measured = await MeasureAsync(new() { Metric = ImportanceMetric.Rmse }, 500);
        Assert.Equal("a", measured[0].Feature);
        Assert.True(measured[0].Importance > measured[1].Importance && measured[1].Importance > 0);
        Assert.Equal(0, measured[0].Score, 1e-12);
    }

    [Fact]
    public async Task The_seed_draws_and_some_rows_will_do()
    {
        var some = new List<double>();
        foreach (int seed in new[] { 1, 2, 1 })
        {
            var measured = await MeasureAsync(new() { MaxRows = 1000, Seed = seed }, 300);
            Assert.InRange(measured[0].Rows, 800, 1200);
            some.Add(measured[0].Importance);
        }
        Assert.Equal(some[0], some[2]);
        Assert.NotEqual(some[0], some[1]);
    }

    /// <summary>The label is derived from a column that is a feature too: it stays as it is where the feature is shuffled.</summary>
    [Fact]
    public async Task A_label_stays_though_it_is_derived_from_what_is_shuffled()
    {
        var measured = await MeasureAsync(new(), 500, [new("y", "3 * a + b")]);
        Assert.Equal(2 * 0.9, measured[0].Importance, 0.15);
    }

    [Fact]
    public void A_metric_of_another_task_is_refused() => Assert.Equal("MetricNotApplicable",
        Assert.Throws<RedisMLException>(() => new PermutationImportance(Predictor([]), new() { Metric = ImportanceMetric.Auc })).ErrorId);

    static async Task<IReadOnlyList<FeatureImportance>> MeasureAsync(ImportanceOptions options, int chunkRows,
        IReadOnlyList<DerivedColumn>? derived = null)
    {
        var random = new Random(4);
        double[] a = [.. Enumerable.Range(0, 4000).Select(_ => random.NextDouble())], b = [.. a.Select(_ => random.NextDouble())];
        var table = new TestTable().Add("a", a.Select(v => (double?)v)).Add("b", b.Select(v => (double?)v))
            .Add("unused", a.Select(_ => (double?)random.NextDouble()));
        if (derived is null) table.Add("y", a.Zip(b, (x, z) => (double?)(3 * x + z)));
        return await new PermutationImportance(Predictor(derived ?? []), options)
            .MeasureAsync(table.Schema, table.Rows, table.Chunks(chunkRows).ToAsyncEnumerable(), null, Cancellation);
    }

    static LinearPredictor Predictor(IReadOnlyList<DerivedColumn> derived) => new(new()
    {
        Algorithm = "Linear",
        Task = TestModels.TaskOf("Linear"),
        Pipeline = new()
        {
            Inputs = [new("a", ColumnType.Float64), new("b", ColumnType.Float64), new("unused", ColumnType.Float64)],
            Derived = derived,
            Features = [new NumericFeature("a", 0, 1), new NumericFeature("b", 0, 1), new NumericFeature("unused", 0, 1)],
            Label = new("y", ColumnType.Float64, null),
        },
        Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = default },
    }, new([3, 1, 0], [0]));
}
