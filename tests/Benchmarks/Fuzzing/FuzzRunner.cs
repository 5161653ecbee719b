using System.Diagnostics;
using System.Security.Cryptography;
using RedisML.Errors;

namespace RedisML.Benchmarks.Fuzzing;

/// <summary>Something that reads what others wrote.</summary>
/// <param name="Seeds">Whole inputs, as the product writes them.</param>
/// <param name="Read">Reads an input to its end.</param>
sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Read);

/// <summary>Reads broken inputs, and says which failed otherwise than they should: by a typed error, soon, in little memory.</summary>
static class FuzzRunner
{
    public const long MostBytes = 512L << 20;
    public static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(5);
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>Reads an input; null where it was read, or failed as it should, else what went wrong.</summary>
    public static string? Try(FuzzTarget target, byte[] input)
    {
        var failure = TryOnce(target, input);
        if (failure?.StartsWith("takes", StringComparison.Ordinal) != true) return failure;
        // Others in the process may take memory and time meanwhile: what takes too much does so again. What the first try left is given
        // back, as the second would take that and nothing new.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return TryOnce(target, input);
    }

    static string? TryOnce(FuzzTarget target, byte[] input)
    {
        long before = Environment.WorkingSet, allocated = GC.GetTotalAllocatedBytes(), peak = before;
        var (clock, work) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
        string? failure = null;
        var reading = Task.Run(() =>
        {
            try
            {
                target.Read(input);
            }
            // A source's own exceptions: an import makes SourceCorrupt of the second.
            catch (Exception e) when (e is RedisMLException or InvalidDataException) { }
            catch (Exception e)
            {
                failure = $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("RedisML"))?.Trim()}";
            }
        });
        // What was allocated may be gone again: what counts is the most that was there at once.
        while (!reading.Wait(TimeSpan.FromMilliseconds(5)))
        {
            if (clock.Elapsed > s_patience) return "doesn't end";
            if (GC.GetTotalAllocatedBytes() - allocated > MostBytes) peak = Math.Max(peak, Environment.WorkingSet);
        }
        // On a busy machine little takes long: what counts is the work.
        var worked = Process.GetCurrentProcess().TotalProcessorTime - work;
        if (failure is null && clock.Elapsed > LongestTime && worked > LongestTime) return $"takes {worked.TotalSeconds:F1} s";
        if (GC.GetTotalAllocatedBytes() - allocated > MostBytes) peak = Math.Max(peak, Environment.WorkingSet);
        return failure ?? (peak - before > MostBytes ? $"takes {(peak - before) >> 20} MB" : null);
    }

    /// <summary>Reads so many mutations of the target's seeds, the same for the same seed of the generator.</summary>
    public static IEnumerable<(byte[] Input, string Failure)> Run(FuzzTarget target, int count, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            var input = Mutation.Of(target.Seeds[random.Next(target.Seeds.Count)], random);
            if (Try(target, input) is { } failure) yield return (input, failure);
        }
    }

    /// <summary>Reads mutations until the time is over, and keeps the first input of each kind of failure in a folder.</summary>
    /// <returns>How many kinds there were.</returns>
    public static int RunFor(TimeSpan time, int seed, string folder)
    {
        Directory.CreateDirectory(folder);
        var known = new HashSet<string>();
        long inputs = 0;
        var clock = Stopwatch.StartNew();
        for (int round = 0; clock.Elapsed < time; round++)
        {
            foreach (var target in FuzzTargets.All)
            {
                const int perRound = 50;
                inputs += perRound;
                foreach (var (input, failure) in Run(target, perRound, HashCode.Combine(seed, round, target.Name.Length)))
                {
                    if (!known.Add($"{target.Name} {new string([.. failure.Where(c => !char.IsDigit(c))])}")) continue;
                    var path = Path.Combine(folder, $"{target.Name}-{Convert.ToHexStringLower(SHA256.HashData(input))[..8]}");
                    File.WriteAllBytes(path, input);
                    Console.WriteLine($"{target.Name}: {failure}\n  {path} ({input.Length:N0} bytes)");
                }
                if (clock.Elapsed > time) break;
            }
        }
        Console.WriteLine(
            $"{inputs:N0} inputs of {FuzzTargets.All.Count} kinds in {clock.Elapsed:hh\\:mm\\:ss}: {known.Count} kinds of failures.");
        return known.Count;
    }
}
