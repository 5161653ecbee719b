using System.Text;

namespace RedisML.Benchmarks.Rivals;

/// <summary>Sets that are like two of UCI's in rows, columns, classes, and in what makes them hard.</summary>
static class NetworkSets
{
    /// <summary>Like Letter: 20,000 rows of 26 classes as frequent as each other, 16 whole numbers from 0 to 15 around three centres a
    /// class, which overlap.</summary>
    public static (string Train, string Test) WriteLetters(string folder)
    {
        const int classes = 26, features = 16, centresOfClass = 3;
        var random = new Random(17);
        double[][] centres = [.. Enumerable.Range(0, classes * centresOfClass).Select(_ =>
            Enumerable.Range(0, features).Select(_ => random.NextDouble() * 10 + 2).ToArray())];
        return Write(folder, "letters", features, rows: 20_000, () =>
        {
            int label = random.Next(classes);
            var centre = centres[label * centresOfClass + random.Next(centresOfClass)];
            return ([.. centre.Select(at => Math.Clamp(at + 2.2 * Normal(random), 0, 15))], label);
        });
    }

    /// <summary>Like Shuttle: 58,000 rows of 7 classes, three in four of the first and few of the last; 9 whole numbers, some of them zero
    /// but for a few that are huge. Thresholds tell the classes apart, but for a row in a thousand.</summary>
    public static (string Train, string Test) WriteShuttle(string folder)
    {
        var random = new Random(17);
        return Write(folder, "shuttle", features: 9, rows: 58_000, () =>
        {
            double time = Math.Min(27 + 10 * (Exponential(random) + Exponential(random)), 126);
            double a = Rarely(0.5, 3), b = Math.Clamp(85 + 10 * Normal(random), 21, 149), c = Rarely(0.45, 4);
            double d = 34 + (random.NextDouble() < 0.4 ? 20 * Exponential(random) : 0), e = Rarely(0.7, 5);
            double g = b - time + Normal(random), h = b - d + Normal(random), i = h - g + Normal(random);
            int label = a > 60 && h < 60 ? 4
                : a < -50 && h >= 40 ? 5
                : c > 70 && g > 40 ? 6
                : c < -14 && g > 30 ? 3
                : time <= 36 && g > 60 ? 2
                : time > 62 && i < 22 || d > 70 ? 1
                : 0;
            return ([time, a, b, c, d, e, g, h, i], random.NextDouble() < 0.001 ? random.Next(3) : label);
        });

        // Zero, or now and then so large that deviations are the few rows' own.
        double Rarely(double part, double scale) => random.NextDouble() >= part ? 0
            : Math.Clamp(scale * Normal(random) / Math.Sqrt(1 - random.NextDouble()), -5000, 5000);
    }

    /// <summary>A fifth of the rows is for the test.</summary>
    static (string Train, string Test) Write(string folder, string name, int features, int rows, Func<(double[] Values, int Label)> draw)
    {
        string head = string.Join(',', Enumerable.Range(0, features).Select(i => $"f{i}")) + ",label\n";
        StringBuilder train = new(head), test = new(head);
        for (int row = 0; row < rows; row++)
        {
            var (values, label) = draw();
            var target = row % 5 == 0 ? test : train;
            foreach (double value in values) target.Append((int)Math.Round(value)).Append(',');
            target.Append('c').Append(label).Append('\n');
        }
        var paths = (Path.Combine(folder, $"{name}.csv"), Path.Combine(folder, $"{name}-test.csv"));
        File.WriteAllText(paths.Item1, train.ToString());
        File.WriteAllText(paths.Item2, test.ToString());
        return paths;
    }

    static double Normal(Random random) => Math.Sqrt(2 * Exponential(random)) * Math.Cos(2 * Math.PI * random.NextDouble());

    static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());
}
