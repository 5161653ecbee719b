using System.Globalization;
using System.Text;
using RedisML.Columns;
using RedisML.Online;
using StackExchange.Redis;

namespace RedisML.Unit.Online;

/// <summary>Samples of numbers and categories, the same each time, some of them with missing values.</summary>
static class OnlineSamples
{
    static readonly string[] s_colours = ["red", "größer", "a \"b\"", "blue", "x"];

    public static OnlineSpecification Specification(string algorithm, SampleColumnKind category = SampleColumnKind.Category) => new()
    {
        Id = "test",
        Algorithm = algorithm,
        SourceKind = SampleSourceKind.List,
        Source = "s",
        Columns =
        [
            new("a", ColumnType.Float64, SampleColumnKind.Number), new("colour", ColumnType.Utf8, category),
            new("b", ColumnType.Float64, SampleColumnKind.Number), new("k", ColumnType.Float64, category),
        ],
        Label = algorithm is "Logistic" or "Softmax" ? new("y", ColumnType.Utf8, SampleColumnKind.Category)
            : new("y", ColumnType.Float64, SampleColumnKind.Number),
        LearningRate = 0.5,
        L1 = 0.01,
        L2 = 1,
        HashBits = category == SampleColumnKind.Hashed ? 8 : 0,
        MetricInterval = 100,
    };

    /// <summary>The fields of a sample; an empty one is missing.</summary>
    public static IEnumerable<(string Name, string Value)> Fields(string algorithm, int number)
    {
        var random = new Random(number);
        double a = random.NextDouble() * 10, b = random.NextDouble() - 0.5;
        int colour = random.Next(s_colours.Length), k = random.Next(3);
        double score = a - 5 + 4 * b + colour - 2 + random.NextDouble();
        yield return ("a", random.Next(20) == 0 ? "" : Text(a));
        yield return ("colour", random.Next(20) == 0 ? "" : s_colours[colour]);
        yield return ("k", Text(k));
        yield return ("b", Text(b));
        yield return ("y", algorithm switch
        {
            "Logistic" => score > 0 ? "yes" : "no",
            "Softmax" => score > 2 ? "high" : score < -2 ? "low" : "mid",
            "Poisson" => Text(Math.Floor(Math.Exp(score / 3))),
            _ => Text(score),
        });
    }

    public static byte[] Json(string algorithm, int number) => Encoding.UTF8.GetBytes("{" + string.Join(", ",
        Fields(algorithm, number).Select(field => $"\"{field.Name}\": " + (field.Value.Length == 0 ? "null"
            : double.TryParse(field.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? field.Value
            : $"\"{field.Value.Replace("\"", "\\\"")}\""))) + "}");

    public static NameValueEntry[] Entry(string algorithm, int number) =>
        [.. Fields(algorithm, number).Select(field => new NameValueEntry(field.Name, field.Value))];

    /// <summary>All that a state holds, but for who writes it.</summary>
    public static SortedDictionary<string, string> Digest(IEnumerable<HashEntry> fields) => new(fields.Where(field =>
        field.Name != "trainer" && field.Name != "spec").ToDictionary(field => (string)field.Name!,
            field => Convert.ToHexString((byte[])field.Value!)), StringComparer.Ordinal);

    static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
