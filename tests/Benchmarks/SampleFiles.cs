using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace RedisML.Benchmarks;

/// <summary>Files made for measurements.</summary>
static class SampleFiles
{
    /// <summary>Numbers only: three columns of integers, seven of fractions with four digits; the same bytes each time.</summary>
    public static string Numeric(string folder, int megabytes)
    {
        var path = Path.Combine(folder, $"numeric-{megabytes}.csv");
        if (File.Exists(path)) return path;
        var random = new Random(1);
        using var writer = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 20);
        writer.Write("i1,i2,i3,f1,f2,f3,f4,f5,f6,f7\n");
        var line = new StringBuilder();
        for (long written = 0; written < megabytes * 1_000_000L; written += line.Length)
        {
            line.Clear().Append(CultureInfo.InvariantCulture, $"{random.Next(100_000)},{random.Next(1000)},{random.Next(12)}");
            for (int i = 0; i < 7; i++) line.Append(CultureInfo.InvariantCulture, $",{200 * random.NextDouble() - 100:F4}");
            writer.Write(line.Append('\n'));
        }
        return path;
    }

    /// <summary>Fractions with four digits, in as many columns as told; the same bytes each time.</summary>
    public static string Fractions(string folder, int columns, int megabytes)
    {
        var path = Path.Combine(folder, $"fractions-{columns}-{megabytes}.csv");
        if (File.Exists(path)) return path;
        var random = new Random(1);
        using var writer = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 20);
        writer.Write(string.Join(',', Enumerable.Range(1, columns).Select(i => $"f{i}")) + '\n');
        var line = new StringBuilder();
        for (long written = 0; written < megabytes * 1_000_000L; written += line.Length)
        {
            line.Clear();
            for (int i = 0; i < columns; i++)
                line.Append(CultureInfo.InvariantCulture, $"{200 * random.NextDouble() - 100:F4}{(i < columns - 1 ? ',' : '\n')}");
            writer.Write(line);
        }
        return path;
    }

    public static string Gzip(string path)
    {
        var compressed = path + ".gz";
        if (File.Exists(compressed)) return compressed;
        using var source = File.OpenRead(path);
        using var target = new GZipStream(File.Create(compressed), CompressionLevel.Optimal);
        source.CopyTo(target);
        return compressed;
    }

    public static string Unpacked(string compressed, string folder)
    {
        var path = Path.Combine(folder, Path.GetFileNameWithoutExtension(compressed));
        if (File.Exists(path)) return path;
        using var source = new GZipStream(File.OpenRead(compressed), CompressionMode.Decompress);
        using var target = File.Create(path);
        source.CopyTo(target);
        return path;
    }
}
