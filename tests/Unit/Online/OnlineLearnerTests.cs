using System.Text;
using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Models;
using RedisML.Online;
using RedisML.Prediction;
using StackExchange.Redis;

namespace RedisML.Unit.Online;

/// <summary>Learning a sample at a time, without a server.</summary>
public sealed class OnlineLearnerTests
{
    public static TheoryData<string, bool> Algorithms => new(
        from algorithm in OnlineAlgorithms.Names from isHashed in new[] { false, true } select (algorithm, isHashed));

    /// <summary>Against the algorithm as its paper writes it, with the data as numbers.</summary>
    [Fact]
    public void Weights_are_those_of_the_paper()
    {
        var options = OnlineSamples.Specification("Logistic") with
        {
            Columns = [new("x", ColumnType.Float64, SampleColumnKind.Number)],
            L1 = 0.3,
            L2 = 0.7,
            LearningRate = 0.4,
            Beta = 1.5,
        };
        var (parser, learner) = Make(options);
        double[] z = [0, 0], n = [0, 0];
        double mean = 0, m2 = 0, loss = 0;
        var random = new Random(5);
        for (int t = 1; t <= 400; t++)
        {
            double x = random.NextDouble() * 6 - 2;
            int y = t <= 2 ? t - 1 : x + random.NextDouble() > 1.5 ? 1 : 0;
            Learn(parser, learner, $$"""{"x": {{x:R}}, "y": "{{y}}"}""");
            double before = mean;
            mean += (x - mean) / t;
            m2 += (x - before) * (x - mean);
            double[] features = [1, m2 > 0 ? (x - mean) / Math.Sqrt(m2 / t) : 0];
            double[] l1 = [0, 0.3], l2 = [0, 0.7];
            var w = new double[2];
            for (int i = 0; i < 2; i++)
                w[i] = Math.Abs(z[i]) <= l1[i] ? 0 : -(z[i] - Math.Sign(z[i]) * l1[i]) / ((1.5 + Math.Sqrt(n[i])) / 0.4 + l2[i]);
            double p = 1 / (1 + Math.Exp(-w[0] - w[1] * features[1]));
            loss -= Math.Log(y == 1 ? p : 1 - p);
            for (int i = 0; i < 2; i++)
            {
                double g = (p - y) * features[i], sigma = (Math.Sqrt(n[i] + g * g) - Math.Sqrt(n[i])) / 0.4;
                z[i] += g - sigma * w[i];
                n[i] += g * g;
            }
        }
        var parameters = LinearParameters.Of(Model(learner), learner.ToModel(0).Parameters.ToDictionary(StringComparer.Ordinal));
        Assert.Equal(-z[0] / ((1.5 + Math.Sqrt(n[0])) / 0.4), parameters.Intercepts[0], 1e-9);
        Assert.Equal(-(z[1] - Math.Sign(z[1]) * 0.3) / ((1.5 + Math.Sqrt(n[1])) / 0.4 + 0.7), parameters.Weights[0], 1e-9);
        Assert.Equal(loss / 400, learner.Figures().Loss!.Value, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_state_that_is_written_and_read_goes_on_to_the_bit(string algorithm, bool isHashed)
    {
        var options = OnlineSamples.Specification(algorithm, isHashed ? SampleColumnKind.Hashed : SampleColumnKind.Category);
        var (parser, whole) = Make(options);
        var fields = new Dictionary<RedisValue, RedisValue>();
        var state = Fresh(options);
        for (int i = 0; i < 600; i++)
        {
            Learn(parser, whole, OnlineSamples.Json(algorithm, i));
            Learn(parser, state.Learner, OnlineSamples.Json(algorithm, i));
            if (i % 97 != 0) continue;
            foreach (var field in state.Initial("t")) fields[field.Name] = field.Value;
            state = OnlineState.Read("m", [.. fields.Select(field => new HashEntry(field.Key, field.Value))]);
        }
        var other = new OnlineState(whole) { Offset = "0" };
        foreach (var field in state.Initial("t")) fields[field.Name] = field.Value;
        Assert.Equal(OnlineSamples.Digest(other.Initial("t")),
            OnlineSamples.Digest(fields.Select(field => new HashEntry(field.Key, field.Value))));
        // Half of the samples aren't enough to have learned it, if nothing was learned.
        var points = whole.Points.Where(point => point.Name == "loss").ToList();
        Assert.True(points[^1].Value < 0.7 * points[0].Value, string.Join(", ", points));
    }

    /// <summary>A version says of a row what the learner says, and a training that starts from it goes on from there.</summary>
    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_version_predicts_as_the_learner_does_and_starts_another(string algorithm, bool isHashed)
    {
        var options = OnlineSamples.Specification(algorithm, isHashed ? SampleColumnKind.Hashed : SampleColumnKind.Category);
        var (parser, learner) = Make(options);
        for (int i = 0; i < 1500; i++) Learn(parser, learner, OnlineSamples.Json(algorithm, i));
        var model = Model(learner);
        var parameters = learner.ToModel(0).Parameters;
        var predictor = ModelFamilies.Load(model, parameters);
        var rows = new RowBuffer(predictor.Signature);
        for (int i = 2000; i < 2200; i++)
        {
            var fields = OnlineSamples.Fields(algorithm, i).ToDictionary();
            Assert.Null(rows.TryAdd([.. rows.Inputs.Select(input => (object?)fields[input.Name])]));
        }
        var predictions = predictor.Predict(rows.ToBatch());
        // The learner's own predictions, each before it learns: of so many samples its loss moves little.
        double right = 0, error = 0;
        for (int i = 2000; i < 2200; i++)
        {
            string label = OnlineSamples.Fields(algorithm, i).Last().Value;
            double value = predictions.Values[i - 2000];
            if (options.HasClasses) right += predictions.Classes![(int)value] == label ? 1 : 0;
            else error += Math.Abs(value - double.Parse(label, System.Globalization.CultureInfo.InvariantCulture));
        }
        if (options.HasClasses) Assert.InRange(right / 200, algorithm == "Logistic" ? 0.88 : 0.75, 1);
        else Assert.InRange(error / 200, 0, algorithm == "Linear" ? 0.6 : 1.5);

        var next = new OnlineLearner(options with { PositiveClass = algorithm == "Logistic" ? "yes" : null });
        next.StartFrom(model, LinearParameters.Of(model, parameters.ToDictionary(StringComparer.Ordinal)));
        Learn(parser, next, OnlineSamples.Json(algorithm, 3000));
        var after = ModelFamilies.Load(Model(next), next.ToModel(0).Parameters).Predict(rows.ToBatch());
        Assert.All(after.Values.Zip(predictions.Values), pair =>
            Assert.True(options.HasClasses || Math.Abs(pair.First - pair.Second) < 0.2 * (1 + Math.Abs(pair.Second)), $"{pair}"));
        Assert.All(after.Probabilities.Zip(predictions.Probabilities), pair => Assert.Equal(pair.Second, pair.First, 0.02));
    }

    [Fact]
    public void Learning_allocates_nothing()
    {
        var options = OnlineSamples.Specification("Softmax") with { MetricInterval = int.MaxValue };
        var (parser, learner) = Make(options);
        var samples = Enumerable.Range(0, 200).Select(i => OnlineSamples.Json("Softmax", i)).ToArray();
        foreach (var sample in samples) Learn(parser, learner, sample);
        int wrong = 0;
        // A collection may take the pools' arrays away; then a round makes them anew, and the next doesn't.
        long least = Enumerable.Range(0, 3).Min(_ => Allocated(() =>
        {
            for (int round = 0; round < 7; round++)
                foreach (var sample in samples)
                    if ((parser.Read(sample) ?? learner.TryLearn(parser.Row, parser.Row)) is not null) wrong++;
        }));
        Assert.Equal(0, least);
        Assert.Equal(0, wrong);
        Assert.Equal(22 * 200, learner.Samples);

        static long Allocated(Action work)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData("", "It isn't the JSON of an object")]
    [InlineData("[1]", "It isn't the JSON of an object")]
    [InlineData("""{"a": 1, "b": 2, "colour": "x", "k": 1, "y": "u"} {}""", "It isn't the JSON of an object")]
    [InlineData("""{"a": 1, "colour": "x", "k": 1, "y": "u"}""", "'b' is missing")]
    [InlineData("""{"a": 1, "b": 2, "colour": "x", "k": 1}""", "the label 'y' is missing")]
    [InlineData("""{"a": 1, "b": 2, "colour": "x", "k": 1, "y": null}""", "the label 'y' is missing")]
    [InlineData("""{"a": "NaN", "b": 2, "colour": "x", "k": 1, "y": "u"}""", "'NaN' in 'a' is no Float64")]
    [InlineData("""{"a": 1e999, "b": 2, "colour": "x", "k": 1, "y": "u"}""", "'1e999' in 'a' is no Float64")]
    [InlineData("""{"a": 1e200, "b": 2, "colour": "x", "k": 1, "y": "u"}""", "'1E+200' in 'a' is too large")]
    [InlineData("""{"a": 1, "b": [2], "colour": "x", "k": 1, "y": "u"}""", "'b' is no value")]
    [InlineData("""{"a": 1, "b": 2, "colour": "x", "k": 1, "y": "third"}""", "'third' in 'y' is one class more than 2")]
    public void A_sample_that_is_none_is_put_aside_and_changes_nothing(string json, string reason)
    {
        var options = OnlineSamples.Specification("Logistic");
        var (parser, learner) = Make(options);
        foreach (var y in new[] { "u", "v" })
            Learn(parser, learner, $$"""{"a": 1, "b": 2, "colour": "x", "k": 1, "y": "{{y}}"}""");
        var before = OnlineSamples.Digest(new OnlineState(learner).Initial("t"));
        Assert.Equal(reason, parser.Read(Encoding.UTF8.GetBytes(json)) ?? learner.TryLearn(parser.Row, parser.Row));
        var after = OnlineSamples.Digest(new OnlineState(learner).Initial("t"));
        Assert.All(after, field => Assert.Equal(before[field.Key], field.Value));
    }

    [Fact]
    public void No_bytes_make_the_parser_fail()
    {
        var options = OnlineSamples.Specification("Logistic");
        var (parser, learner) = Make(options);
        var random = new Random(3);
        var valid = OnlineSamples.Json("Logistic", 1);
        int read = 0;
        for (int i = 0; i < 3000; i++)
        {
            var bytes = valid.ToArray();
            for (int change = random.Next(1, 4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if ((parser.Read(bytes) ?? learner.TryLearn(parser.Row, parser.Row)) is null) read++;
        }
        Assert.InRange(read, 10, 2900);
        Assert.Equal(read, learner.Samples);
        Assert.True(double.IsFinite(learner.Figures().Loss!.Value));
    }

    [Fact]
    public void Drift_is_alarmed_when_the_error_grows_and_only_then()
    {
        var (parser, learner) = Make(OnlineSamples.Specification("Logistic"));
        for (int i = 0; i < 6000; i++)
        {
            var fields = OnlineSamples.Fields("Logistic", i).ToDictionary();
            // From here on the world is upside down.
            if (i >= 4000) fields["y"] = fields["y"] == "yes" ? "no" : "yes";
            Learn(parser, learner, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(fields));
            if (i == 3999) Assert.Equal(0, learner.Drifts);
        }
        Assert.Equal(1, learner.Drifts);
        Assert.InRange(learner.LastDrift, 4020, 4300);
    }

    static OnlineState Fresh(OnlineSpecification options) => new(new(options)) { Offset = "0" };

    static Model Model(OnlineLearner learner)
    {
        var (definition, parameters) = learner.ToModel(0);
        return new()
        {
            Name = "m", Version = 1, Created = default, Definition = definition, Parameters = [.. parameters.Select(p => p.Key)],
        };
    }

    static (SampleParser, OnlineLearner) Make(OnlineSpecification options) =>
        (new(options.Columns.Append(options.Label), options.Columns.Count), new(options));

    static void Learn(SampleParser parser, OnlineLearner learner, string json) => Learn(parser, learner, Encoding.UTF8.GetBytes(json));

    static void Learn(SampleParser parser, OnlineLearner learner, byte[] json) =>
        Assert.Null(parser.Read(json) ?? learner.TryLearn(parser.Row, parser.Row));
}
