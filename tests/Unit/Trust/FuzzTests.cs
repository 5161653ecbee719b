using RedisML.Benchmarks.Fuzzing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Trust;

/// <summary>A brief pass of the fuzzer, and what it found before: broken inputs of all kinds fail by typed errors,
/// soon and in little memory.</summary>
public sealed class FuzzTests
{
    const int Inputs = 300;

    static readonly string s_found = Path.Combine(HostedEngine.ProjectRoot, "tests", "Unit", "Trust", "Found");

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Broken_inputs_fail_by_typed_errors(string name)
    {
        var target = FuzzTargets.All.Single(t => t.Name == name);
        Assert.All(target.Seeds, seed => Assert.Null(FuzzRunner.Try(target, seed)));
        Assert.Empty(FuzzRunner.Run(target, Inputs, seed: 13)
            .Select(f => $"{f.Failure}: {Convert.ToBase64String(f.Input.AsSpan(0, Math.Min(f.Input.Length, 300)))}"));
    }

    [Fact]
    public void What_was_found_before_stays_mended()
    {
        var inputs = Directory.GetFiles(s_found);
        Assert.NotEmpty(inputs);
        Assert.All(inputs, path =>
        {
            string file = Path.GetFileName(path), name = file[..file.LastIndexOf('-')];
            Assert.Null(FuzzRunner.Try(FuzzTargets.All.Single(t => t.Name == name), File.ReadAllBytes(path)));
        });
    }

    /// <summary>That the runner notices at all.</summary>
    [Theory]
    [InlineData("throw", "IndexOutOfRangeException")]
    [InlineData("allocate", "takes")]
    public void The_runner_tells_what_is_no_typed_error_and_what_takes_too_much(string what, string failure)
    {
        var target = new FuzzTarget("x", [[1]], _ =>
        {
            if (what == "throw") throw new IndexOutOfRangeException();
            var memory = Enumerable.Range(0, 7).Select(_ => new byte[100 << 20]).ToList();
            foreach (var bytes in memory) bytes.AsSpan().Fill(1);
            GC.KeepAlive(memory);
        });
        // Where others in the process give memory back meanwhile, or left some that is taken again, it is seen the next time.
        Assert.Contains(Enumerable.Range(0, 5), _ =>
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return FuzzRunner.Try(target, [1])?.StartsWith(failure, StringComparison.Ordinal) == true;
        });
    }
}
