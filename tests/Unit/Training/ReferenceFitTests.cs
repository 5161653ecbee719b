using RedisML.Unit.Fixtures;
using System.Globalization;
using RedisML.Algorithms.Linear;
using RedisML.Evaluation;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Unit.Training;

/// <summary>Penalties and weights on a small table, beside what scikit-learn 1.2.1 finds on the same.</summary>
/// <remarks>
/// With X the encoded columns (deviations of the population; of weighted rows as StandardScaler().fit(X, sample_weight=w) has them) and
/// n = 400 the references are, all with tol=1e-12. Balanced weights count rows by their weights too:
/// b = w.sum() / (2 * bincount(flag, w))[flag].
/// <code>
/// PoissonRegressor(alpha=2/n).fit(X, count);  PoissonRegressor(alpha=2/w.sum()).fit(X, count, sample_weight=w)
/// Ridge(alpha=2).fit(X, y, sample_weight=w);  Lasso(alpha=60/n).fit(X, y);  ElasticNet(alpha=90/n, l1_ratio=60/90).fit(X, y)
/// LogisticRegression(C=1).fit(X, flag, sample_weight=w*b);  LogisticRegression(C=1, class_weight={0: 3, 1: .5}).fit(X, flag)
/// LogisticRegression(solver='saga', penalty='l1', C=1/8).fit(X, flag); LogisticRegression(solver='saga', penalty='elasticnet',
/// C=1/8, l1_ratio=.5).fit(X, flag)
/// LogisticRegression(C=1, class_weight='balanced').fit(X, kind);  LogisticRegression(solver='saga', penalty='l1', C=1/4).fit(X, kind)
/// </code>
/// </remarks>
public sealed class ReferenceFitTests
{
    const int Rows = 400;

    public static TheoryData<string, TrainingSpecification, double[], double[]> Fits => new()
    {
        {
            "Poisson", Of("Poisson", "count", l2: 2),
            [0.5037966896, -0.2003190036, -0.0026537194, 0.0071410181, -0.0601993119, 0.1119383766, -0.0517390914], [0.8609030309]
        },
        {
            "Poisson, weighted", Of("Poisson", "count", l2: 2) with { SampleWeight = "w" },
            [0.5017636389, -0.1941189905, -0.0016904079, 0.0074264023, -0.0611878472, 0.1158102651, -0.0546224637], [0.8651688830]
        },
        {
            "ridge, weighted", Of("Linear", "y", l2: 2) with { SampleWeight = "w" },
            [4.2400329699, -1.4408240684, -0.0006132411, -0.0160264775, -0.3255576351, 0.6467576621, -0.3212000270], [1.5890044519]
        },
        { "lasso", Of("Linear", "y", 60), [4.1079768134, -1.3150108177, 0, 0, 0, 0.3085509719, 0], [1.4767473459] },
        { "elastic net", Of("Linear", "y", 60, 30), [3.8214800589, -1.2233863992, 0, 0, 0, 0.2301332329, 0], [1.5028212441] },
        {
            "logistic, balanced and weighted", Of("Logistic", "flag", l2: 1) with { BalanceClasses = true, SampleWeight = "w" },
            [2.4199375877, -0.4955779809, -0.0534280706, 0.0507473562, -0.7984266092, -0.5246712246, 1.3231080439], [0.1464250450]
        },
        {
            "logistic, classes weighted",
                Of("Logistic", "flag", l2: 1) with { ClassWeights = new Dictionary<string, double> { ["0"] = 3, ["1.0"] = 0.5 } },
            [2.4602431071, -0.5956405924, -0.1642349573, 0.0284696730, -0.7206986970, -0.5578598663, 1.2785526771], [-1.4729896405]
        },
        { "logistic, L1", Of("Logistic", "flag", 8), [1.8117224836, -0.2965165607, 0, 0, 0, 0, 0.9573555194], [-0.0382873644] },
        {
            "logistic, elastic net", Of("Logistic", "flag", 4, 4),
            [1.7441325115, -0.3326940296, 0, 0, -0.0778855913, 0, 0.9013408307], [0.0012537092]
        },
        {
            "softmax, balanced", Of("Softmax", "kind", l2: 1) with { BalanceClasses = true },
            [
                -3.9595529331, -0.7813185172, -0.0081738048, 0.1219424117, 0.2793146720, 0.1083327832, -0.3874450162,
                -0.8035404573, -0.9265869321, -0.0066891579, -0.0177242921, -0.0803119187, -0.0975577641, 0.1781699431,
                4.7630933904, 1.7079054493, 0.0148629627, -0.1042181197, -0.1990027532, -0.0107750191, 0.2092750731,
            ],
            [0.1040691864, 1.4448664883, -1.5489356748]
        },
        {
            "softmax, L1", Of("Softmax", "kind", 4),
            [-2.8383122613, 0, 0, 0.0447901178, 0, 0, -0.1247236018, 0, -0.1226976810, 0, 0, 0, 0, 0, 4.9941609703, 2.0892034780, 0, 0, 0,
                0, 0],
            [0.3229205389, 1.0314286362, -1.3543491752]
        },
    };

    [Theory]
    [MemberData(nameof(Fits), DisableDiscoveryEnumeration = true)]
    public async Task It_finds_what_scikit_learn_finds(string name, TrainingSpecification specification, double[] weights,
        double[] intercepts)
    {
        var result = await Table().TrainAsync(specification, chunkRows: 130);
        Assert.True(result.Converged, name);
        Assert.Equal(weights, result.Weights, (a, b) => Math.Abs(a - b) < 2e-4);
        Assert.Equal(Centred(intercepts), Centred(result.Intercepts), (a, b) => Math.Abs(a - b) < 2e-4);
        if (specification.L1 > 0) Assert.Equal(weights.Select(w => w == 0), result.Weights.Select(w => w == 0));

        // A softmax has the same probabilities where all intercepts are larger by the same.
        static double[] Centred(double[] values) => values.Length == 1 ? values : [.. values.Select(v => v - values.Average())];
    }

    [Fact]
    public async Task Counts_are_judged_by_their_deviance_as_scikit_learn_does()
    {
        var specification = Of("Poisson", "count", l2: 2);
        var trained = await Table().TrainAsync(specification);
        var result = await EvaluateAsync(specification, trained);
        Assert.Equal(0.1908059239, result.PoissonDeviance!.Value, 1e-6); // mean_poisson_deviance
        Assert.Equal(0.8001669647, result.D2!.Value, 1e-6); // d2_tweedie_score(power=1)
        Assert.Equal(result.PoissonDeviance.Value, trained.Loss, 1e-9);
        Assert.NotNull(result.R2);
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Adam)]
    public async Task By_batches_L1_makes_the_same_weights_zero(OptimizerKind kind)
    {
        var result = await Table().TrainAsync(Of("Linear", "y", 60, 30) with { Optimizer = new() { Kind = kind } });
        Assert.Equal([3.82148, -1.22339, 0, 0, 0, 0.23013, 0], result.Weights, (a, b) => Math.Abs(a - b) < 0.05);
    }

    static TrainingSpecification Of(string algorithm, string label, double l1 = 0, double l2 = 0) => new()
    {
        Algorithm = algorithm,
        Label = label,
        Features = ["x", "z", "u", "v", "c"],
        L1 = l1,
        L2 = l2,
        Tolerance = 1e-13,
    };

    static async Task<RegressionResult> EvaluateAsync(TrainingSpecification specification, TrainingResult trained)
    {
        var predictor = new LinearPredictor(new()
        {
            Algorithm = specification.Algorithm,
            Task = trained.Task,
            Pipeline = trained.Pipeline,
            Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = Rows, Trained = default },
        }, new(trained.Weights, trained.Intercepts));
        return (RegressionResult)await new ModelEvaluator(predictor)
            .EvaluateAsync(Table().Chunks(130).ToAsyncEnumerable(), TestContext.Current.CancellationToken);
    }

    static TestTable Table()
    {
        var rows = Enumerable.Range(0, Rows).ToArray();
        double[] x = [.. rows.Select(i => Math.Sin(i * 0.7) * 2)], z = [.. rows.Select(i => Math.Cos(i * 1.3) + 0.1 * (i % 5))];
        return new TestTable()
            .Add("x", x.Select(v => (double?)v))
            .Add("z", z.Select(v => (double?)v))
            .Add("u", rows.Select(i => (double?)(i * 7919L % 101 / 50.0 - 1)))
            .Add("v", rows.Select(i => (double?)(i * 104729L % 97 / 48.0 - 1)))
            .Add("c", rows.Select(i => (string?)(i % 3).ToString(CultureInfo.InvariantCulture)))
            .Add("w", rows.Select(i => (double?)(1 + i % 4 * 0.5)))
            .Add("count",
                rows.Select(i => (double?)Math.Floor(Math.Exp(0.4 * x[i] - 0.3 * z[i] + (i % 3 == 1 ? 0.2 : 0)) * 2 + i * 31 % 17 / 10.0)))
            .Add("flag", rows.Select(i => (long?)(x[i] - 0.5 * z[i] + (i % 3 == 2 ? 1 : 0) + Math.Sin(i * 12.9) * 1.5 > 0 ? 1 : 0)))
            .Add("kind", rows.Select(i => (long?)(x[i] + Math.Sin(i * 12.9) < -0.5 ? 0 : x[i] + z[i] < 1 ? 1 : 2)))
            .Add("y", rows.Select(i => (double?)(3 * x[i] - 2 * z[i] + (i % 3 == 1 ? 1 : 0) + i * 31 % 17 / 5.0)));
    }
}
