using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using RedisML.Algorithms.MatrixFactorization;
using RedisML.Errors;
using RedisML.Evaluation;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training;

namespace RedisML.Unit.Algorithms;

/// <summary>Factorisation without a server: how good it is, that it is the same whoever works, and that a user is what its ratings
/// say.</summary>
public sealed class MatrixFactorizationTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jokes_are_rated_as_the_reference_has_it()
    {
        var table = Jester();
        var result = await TestAsync(table, Specification());
        Assert.Equal(4.06, result.Rmse!.Value, 0.02);
        // Regularised away, nothing is left but the biases.
        var biases = await TestAsync(table, Specification(("Regularization", 1e9), ("Iterations", 1), ("Factors", 1)));
        Assert.Equal(4.324, biases.Rmse!.Value, 0.02);
        Assert.InRange(result.Ndcg!.Value, biases.Ndcg!.Value + 0.01, 1);
    }

    /// <summary>What is left of ratings made of vectors and noise is hardly more than the noise.</summary>
    [Fact]
    public async Task Ratings_with_noise_are_predicted_nearly_to_the_noise()
    {
        const double noise = 0.5;
        var specification = Specification(("Factors", 3), ("Regularization", 1), ("Iterations", 20));
        var result = await TestAsync(Generated(600, 200, 60, noise), specification);
        Assert.InRange(result.Rmse!.Value, 0.97 * noise, 1.12 * noise);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_bits_are_the_same_for_any_number_of_workers_and_any_chunks(bool isImplicit)
    {
        var table = Generated(150, 1100, 30, 0.3, least: 0);
        var specification = Specification(("Implicit", isImplicit), ("Factors", 9), ("Iterations", 3));
        var one = await table.TrainAsync(specification, workerCount: 1);
        var many = await table.TrainAsync(specification, workerCount: 5, chunkRows: 333);
        Assert.Equal(one.Loss, many.Loss);
        Assert.Contains(one.Parameters, parameter => parameter.Key == "item.factor:1");
        Assert.All(one.Parameters.Zip(many.Parameters), pair => Assert.Equal(pair.First.Value.Encode(), pair.Second.Value.Encode()));
    }

    /// <summary>Beside the normal equations, written out and eliminated in the test.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_user_that_is_folded_in_is_the_one_that_training_fits(bool isImplicit)
    {
        var model = await ModelAsync(Generated(120, 80, 25, 0.3, least: 0), Specification(("Implicit", isImplicit), ("Factors", 5)));
        for (int user = 0; user < 120; user += 17)
        {
            var (items, ratings) = (model.Users!.Rated.IndicesOf(user).ToArray(), model.Users.Rated.ValuesOf(user).ToArray());
            var (trained, folded) = (model.Trained(user), model.FoldIn(items, ratings));
            var (bias, expected) = Refit(model, items, ratings);
            Assert.Equal(bias, folded.Bias, 1e-9);
            Assert.Equal(folded.Bias, trained.Bias, 1e-6);
            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(expected[i], folded.Factors[i], 1e-6);
                Assert.Equal(folded.Factors[i], trained.Factors[i], 1e-6);
            }
        }
    }

    /// <summary>Whoever takes any model takes this one too.</summary>
    [Fact]
    public async Task It_has_a_card_and_its_columns_are_measured_where_it_predicts_the_label()
    {
        var (table, specification) = (Generated(60, 40, 20, 0.3, least: 0), Specification(("Factors", 3)));
        var result = await table.TrainAsync(specification);
        var page = Encoding.UTF8.GetString(ModelCard.Write(ModelOf(result, specification), [.. result.Parameters], []));
        Assert.Contains("<td class=\"text\">item</td><td class=\"text\">i7</td>", page, StringComparison.Ordinal);
        Assert.Contains("Invoke-RedisPrediction", page, StringComparison.Ordinal);
        Assert.DoesNotContain("onnxruntime", page, StringComparison.Ordinal);
        var measured = await new PermutationImportance(new FactorPredictor(await ModelAsync(table, specification)), new())
            .MeasureAsync(table.Schema, table.Rows, table.Chunks(500).ToAsyncEnumerable(), null, Cancellation);
        Assert.Equal(["item", "user"], measured.Select(m => m.Feature).Order(StringComparer.Ordinal));
        Assert.All(measured, m => Assert.InRange(m.Importance, 0.1, 2.5));
        var ofEvents = new FactorPredictor(await ModelAsync(table, Specification(("Factors", 3), ("Implicit", true))));
        Assert.Equal("MetricNotApplicable", Assert.Throws<RedisMLException>(() => new PermutationImportance(ofEvents, new())).ErrorId);
    }

    [Fact]
    public async Task Events_are_recommended_better_than_by_popularity()
    {
        var result = await TestAsync(Tastes(), Specification(("Implicit", true), ("Factors", 8)));
        Assert.Null(result.Rmse);
        Assert.InRange(result.Recall!.Value, 0.6, 1);
    }

    /// <summary>A row of weight 0 changes nothing, not even how many users there are; a row of weight 2 is two rows.</summary>
    [Fact]
    public async Task Rows_are_ranked_by_their_weights()
    {
        var table = Tastes();
        var predictor = new FactorPredictor(await ModelAsync(table.Where(row => !IsTest(row)), Specification(("Implicit", true))));
        var tested = table.Where(IsTest);
        int[] weights = [.. Enumerable.Range(0, tested.Rows).Select(row => row < 100 ? 0 : row % 3)];
        var repeated = new TestTable();
        foreach (var column in tested.Schema)
            repeated.Add(column.Name, column.Type, Enumerable.Range(0, tested.Rows)
                .SelectMany(row => Enumerable.Repeat(tested.Column(column.Name)[row], weights[row])));
        tested.Add("w", weights.Select(weight => (long?)weight));
        var weighted = await EvaluateAsync(tested, new() { SampleWeight = "w" });
        var plain = await EvaluateAsync(repeated, new());
        Assert.Equal((plain.Rows, plain.Users), ((long)weighted.Weight, weighted.Users));
        Assert.Equal([plain.Precision, plain.Recall, plain.Ndcg], [weighted.Precision, weighted.Recall, weighted.Ndcg],
            (a, b) => Math.Abs(a!.Value - b!.Value) < 1e-9);
        Assert.NotEqual(plain.Users, (await EvaluateAsync(tested, new())).Users);

        async Task<RecommendationResult> EvaluateAsync(TestTable rows, EvaluationOptions options) =>
            (RecommendationResult)await new ModelEvaluator(predictor, options)
                .EvaluateAsync(rows.Chunks(300).ToAsyncEnumerable(), Cancellation);
    }

    [Fact]
    public async Task What_training_did_not_see_is_predicted_by_bias_and_counted()
    {
        var model = await ModelAsync(Generated(50, 40, 20, 0.3), Specification(("Factors", 4)));
        var predictor = new FactorPredictor(model);
        var rows = new TestTable().Add("user", (long?[])[3, 999, 3, 999, null]).Add("item", (string?[])["i5", "i5", "new", "new", "i5"]);
        using var batch = RowBatch.Of(rows.Batch());
        var predictions = predictor.Predict(batch);
        int user = model.PlaceOf("3"), item = model.Items.Places["i5"];
        Assert.Equal(model.Predict(model.Trained(user), item), predictions.Values[0]);
        Assert.Equal(model.Mean + model.Items.Biases[item], predictions.Values[1], 1e-6);
        Assert.Equal(model.Mean + model.Users!.Biases[user], predictions.Values[2], 1e-6);
        Assert.Equal(model.Mean, predictions.Values[3], 1e-6);
        Assert.True(double.IsNaN(predictions.Values[4]));
        Assert.Equal(4, predictions.Unseen);
        Assert.Equal([("item", "new", 2), ("user", "999", 2)],
            predictions.UnseenLevels.Select(level => (level.Column, level.Level, level.Rows)).Order());
    }

    /// <summary>Both halves of the search for the best are checked: by score, and by what is left out.</summary>
    [Fact]
    public async Task The_best_items_are_those_of_a_sort()
    {
        var model = await ModelAsync(Generated(40, 2500, 100, 0.3), Specification(("Factors", 20), ("Iterations", 2)));
        var user = model.Trained(7);
        var rated = model.Users!.Rated.IndicesOf(7).ToArray();
        var allowed = Enumerable.Range(0, model.Items.Count).Select(item => item % 3 != 0).ToArray();
        var scores = new float[model.Items.Count];
        model.Score(user, 0, scores);
        foreach (bool[] filter in (bool[][])[[], allowed])
        {
            var expected = Enumerable.Range(0, scores.Length).Where(i => !rated.Contains(i) && (filter.Length == 0 || filter[i]))
                .OrderByDescending(i => scores[i]).ThenBy(i => i).Take(50);
            var (items, best) = (new int[50], new float[50]);
            Assert.Equal(50, TopItems.Find(model, user, rated, filter, items, best));
            Assert.Equal(expected, items);
            Assert.Equal(items.Select(i => scores[i]), best);
        }
    }

    /// <summary>Items lie in tiles of eight and are scored in groups of 32: the last of each are not full.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(31, 3)]
    [InlineData(32, 8)]
    [InlineData(33, 20)]
    [InlineData(1029, 64)]
    public void An_item_has_the_same_score_alone_and_among_others(int count, int factors)
    {
        var random = new Random(count);
        float Next() => random.NextSingle() - 0.5f;
        var items = new FactorItems(new string[count], new float[count], new int[count], factors);
        var vectors = Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, factors).Select(_ => Next()).ToArray()).ToList();
        for (int item = 0; item < count; item++)
        {
            items.Set(item, vectors[item]);
            items.Biases[item] = Next();
        }
        float[] user = [.. Enumerable.Range(0, factors).Select(_ => Next())], scores = new float[count];
        items.Score(user, 0, scores);
        for (int item = 0; item < count; item++)
        {
            Assert.Equal(vectors[item], items.Vector(item));
            Assert.Equal(scores[item], items.Score(user, item));
            Assert.Equal(items.Biases[item] + user.Zip(vectors[item], (a, b) => (double)a * b).Sum(), scores[item], 1e-5);
        }
        if (count <= 32) return;
        var last = new float[count - 32];
        items.Score(user, 32, last);
        Assert.Equal(scores[32..], last);
    }

    [Theory]
    [InlineData("RatingOutOfRange", "Maximum", 3.0)]
    [InlineData("OptionInvalid", "Factors", 0)]
    [InlineData("OptionInvalid", "Regularization", 0)]
    [InlineData("OptionInvalid", "Item", "user")]
    [InlineData("ColumnNotFound", "Item", "thing")]
    [InlineData("OptionNotFound", "Factor", 5)]
    public async Task What_does_not_fit_is_said_before_the_training(string errorId, string option, object value)
    {
        var table = new TestTable().Add("user", (long?[])[1, 1, 2]).Add("item", (string?[])["a", "b", "a"])
            .Add("rating", (double?[])[1, 5, 2]);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => table.TrainAsync(Specification((option, value))));
        Assert.Equal(errorId, error.ErrorId);
    }

    [Fact]
    public async Task Rows_that_miss_a_value_are_counted_and_infinite_ones_refused()
    {
        var users = (long?[])[1, null, 2, 2];
        var table = new TestTable().Add("user", users).Add("item", (string?[])["a", "b", "", "b"]).Add("rating", (double?[])[1, 5, 2, 3]);
        var result = await table.TrainAsync(Specification());
        Assert.Equal((2L, 2L), (result.RowsUsed, result.RowsDropped));
        Assert.Single(result.Warnings);
        var infinite = new TestTable().Add("user", users).Add("item", (string?[])["a", "b", "a", "b"])
            .Add("rating", (double?[])[1, 5, double.PositiveInfinity, 3]);
        Assert.Equal("InfiniteValue", (await Assert.ThrowsAsync<RedisMLException>(() => infinite.TrainAsync(Specification()))).ErrorId);
    }

    /// <summary>Rows of a table that are no ratings: counted and left out, or an error before anything is trained.</summary>
    [Fact]
    public async Task What_is_no_rating_is_counted_or_refused()
    {
        var (users, items) = ((string?[])["a", "a", "b", "", "c"], (string?[])["x", "y", "x", "y", ""]);
        var result = await new TestTable().Add("user", users).Add("item", items)
            .Add("rating", (double?[])[1, double.NaN, 3, 4, 5]).TrainAsync(Specification());
        Assert.Equal((2L, 3L), (result.RowsUsed, result.RowsDropped));
        Assert.Equal("3", $"{Assert.Single(result.Warnings)[0]}");
        (string Error, TestTable Table)[] faults =
        [
            ("NoRow", Rated((double?[])[double.NaN, null, double.NaN, null, null])),
            ("InfiniteValue", Rated((double?[])[1, 2, double.NegativeInfinity, 3, 4])),
            ("LabelNotNumeric", new TestTable().Add("user", users).Add("item", items).Add("rating", (string?[])["1", "", "3", "4", "x"])),
            ("ColumnNotFound", new TestTable().Add("user", users).Add("thing", items).Add("rating", (double?[])[1, 2, 3, 4, 5])),
            ("ColumnNotFound", new TestTable().Add("user", users).Add("item", items).Add("stars", (double?[])[1, 2, 3, 4, 5])),
        ];
        foreach (var (errorId, table) in faults)
            Assert.Equal(errorId, (await Assert.ThrowsAsync<RedisMLException>(() => table.TrainAsync(Specification()))).ErrorId);

        TestTable Rated(double?[] ratings) => new TestTable().Add("user", users).Add("item", items).Add("rating", ratings);
    }

    /// <summary>What lies in Redis is anybody's: parameters of another kind, shape or range are an error, and no crash.</summary>
    [Fact]
    public async Task Parameters_that_are_none_are_an_error()
    {
        var result = await Generated(30, 20, 10, 0.3).TrainAsync(Specification(("Factors", 4)));
        var sound = result.Parameters.ToDictionary();
        var model = ModelOf(result, Specification(("Factors", 4)));
        (string Name, ParameterValue? Value)[] faults =
        [
            ("items", new Scalar(2_000_000_000L)), ("items", new Scalar("many")), ("item.name:0", new Scalar("[1]")),
            ("item.name:0", new Scalar("[")), ("item.factor:0", new Tensor(new float[3], 3)), ("item.factor:0", null),
            ("user.item:0", new Tensor(new int[result.Parameters.Single(p => p.Key == "user.item:0").Value.Shape[0]],
                result.Parameters.Single(p => p.Key == "user.item:0").Value.Shape[0])),
            ("user.end:0", new Tensor(Enumerable.Repeat(-1, 30).ToArray(), 30)), ("penalty", new Scalar(double.NaN)),
            ("item.bias:0", new Tensor(Enumerable.Repeat(float.NaN, 20).ToArray(), 20)),
        ];
        Assert.NotNull(ModelFamilies.Load(model, sound));
        foreach (var (name, value) in faults)
        {
            var broken = new Dictionary<string, ParameterValue>(sound);
            if (value is null) broken.Remove(name);
            else broken[name] = value;
            var error = Assert.Throws<RedisMLException>(() => ModelFamilies.Load(model, broken));
            Assert.Equal("ParameterShapeMismatch", error.ErrorId);
        }
    }

    internal static TrainingSpecification Specification(params (string Name, object Value)[] options) => new()
    {
        Algorithm = "MatrixFactorization",
        Label = "rating",
        Options = options.ToDictionary(option => option.Name, option => JsonSerializer.SerializeToElement(option.Value)),
    };

    /// <summary>Ratings about 4: vectors of three numbers, biases, and noise.</summary>
    internal static TestTable Generated(int users, int items, int each, double noise, double least = double.NegativeInfinity)
    {
        var random = new Random(5);
        var (p, q) = (Vectors(users), Vectors(items));
        var (user, item, rating) = (new List<long?>(), new List<string?>(), new List<double?>());
        for (int u = 0; u < users; u++)
        {
            foreach (int i in Enumerable.Range(0, items).OrderBy(_ => random.Next()).Take(each).ToList())
            {
                user.Add(u);
                item.Add($"i{i}");
                rating.Add(Math.Max(least, 4 + p[u][3] + q[i][3] + p[u].Take(3).Zip(q[i], (a, b) => a * b).Sum() + noise * Normal()));
            }
        }
        return new TestTable().Add("user", user).Add("item", item).Add("rating", rating);

        double[][] Vectors(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 4).Select(_ => 0.8 * Normal()).ToArray())];

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>Each user has to do with half of the twenty items of one of five tastes.</summary>
    static TestTable Tastes()
    {
        var random = new Random(7);
        var events = Enumerable.Range(0, 400).SelectMany(user => Enumerable.Range(0, 20).OrderBy(_ => random.Next()).Take(10)
            .Select(item => (User: user, Item: $"{user % 5}-{item}", Count: 1.0 + random.Next(3)))).ToList();
        return new TestTable().Add("user", events.Select(e => (long?)e.User)).Add("item", events.Select(e => (string?)e.Item))
            .Add("rating", events.Select(e => (double?)e.Count));
    }

    static TestTable Jester()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(SharedData.Path("jester.csv.gz")), CompressionMode.Decompress));
        reader.ReadLine();
        var (user, item, rating) = (new List<long?>(), new List<long?>(), new List<double?>());
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(',');
            user.Add(long.Parse(parts[0], CultureInfo.InvariantCulture));
            item.Add(long.Parse(parts[1], CultureInfo.InvariantCulture));
            rating.Add(double.Parse(parts[2], CultureInfo.InvariantCulture));
        }
        return new TestTable().Add("user", user).Add("item", item).Add("rating", rating);
    }

    /// <summary>Trains on four rows in five, and tests on the fifth.</summary>
    static async Task<RecommendationResult> TestAsync(TestTable table, TrainingSpecification specification)
    {
        var model = await ModelAsync(table.Where(row => !IsTest(row)), specification);
        return (RecommendationResult)await new ModelEvaluator(new FactorPredictor(model))
            .EvaluateAsync(table.Where(IsTest).Chunks(16_384).ToAsyncEnumerable(), Cancellation);
    }

    static bool IsTest(int row) => (((ulong)row + 42) * 0x9E3779B97F4A7C15 >> 32) % 5 == 0;

    static async Task<FactorModel> ModelAsync(TestTable table, TrainingSpecification specification)
    {
        var result = await table.TrainAsync(specification, chunkRows: 16_384);
        return FactorParameters.Read(ModelOf(result, specification), result.Parameters.ToDictionary());
    }

    static Model ModelOf(TrainingResult result, TrainingSpecification specification) => new()
    {
        Name = "m",
        Version = 1,
        Created = default,
        Parameters = [.. result.Parameters.Select(parameter => parameter.Key)],
        Definition = new()
        {
            Algorithm = specification.Algorithm,
            Task = result.Task,
            Pipeline = result.Pipeline,
            Options = JsonSerializer.SerializeToElement(specification.Options),
            Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = result.RowsUsed, Trained = default },
        },
    };

    /// <summary>(λI + Σ w·q·qᵀ)·p = Σ t·q, by Gaussian elimination.</summary>
    static (double Bias, double[] Vector) Refit(FactorModel model, int[] items, float[] ratings)
    {
        int factors = model.Options.Factors;
        double bias = model.Options.IsImplicit ? 0
            : items.Zip(ratings, (i, r) => r - model.Mean - model.Items.Biases[i]).Sum() / (items.Length + model.Options.Damping);
        var a = new double[factors, factors + 1];
        for (int i = 0; i < factors; i++) a[i, i] = model.Penalty;
        for (int item = 0; item < model.Items.Count; item++)
        {
            int place = Array.IndexOf(items, item);
            double weight = model.Options.IsImplicit ? 1 + (place < 0 ? 0 : model.Options.Confidence * ratings[place]) : place < 0 ? 0 : 1;
            double target = place < 0 ? 0 : model.Options.IsImplicit ? Math.Sign(ratings[place])
                : ratings[place] - model.Mean - bias - model.Items.Biases[item];
            for (int i = 0; i < factors; i++)
            {
                for (int j = 0; j < factors; j++) a[i, j] += weight * model.Items.Vector(item)[i] * model.Items.Vector(item)[j];
                a[i, factors] += weight * target * model.Items.Vector(item)[i];
            }
        }
        for (int i = 0; i < factors; i++)
        {
            for (int row = 0; row < factors; row++)
            {
                double scale = a[row, i] / a[i, i];
                for (int j = i; row != i && j <= factors; j++) a[row, j] -= scale * a[i, j];
            }
        }
        return (bias, [.. Enumerable.Range(0, factors).Select(i => a[i, factors] / a[i, i])]);
    }
}
