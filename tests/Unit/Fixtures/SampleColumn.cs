using System.IO.Compression;

namespace RedisML.Unit.Fixtures;

/// <summary>Columns of real data, as text.</summary>
public static class SampleColumn
{
    /// <summary>The values of a column of the diamonds, the sample that comes with the project.</summary>
    public static IEnumerable<string> Diamonds(string column) =>
        Read(Path.Combine(HostedEngine.ProjectRoot, "samples", "data", "diamonds.csv.gz"), column);

    /// <summary>The values of a column of the flights beside the project; empty ones are left out.</summary>
    public static IEnumerable<string> Flights(string column) => Read(SharedData.Path("flights.csv.gz"), column);

    static IEnumerable<string> Read(string path, string column)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        int index = System.Array.IndexOf(reader.ReadLine()!.Replace("\"", "").Split(','), column);
        while (reader.ReadLine() is { } line)
            if (line.Split(',')[index].Trim('"') is { Length: > 0 } value) yield return value;
    }
}
