using System.Collections.Concurrent;
using System.IO.Enumeration;
using Microsoft.Testing.Platform.Extensions.Messages;
using Microsoft.Testing.Platform.Extensions.TestFramework;
using Microsoft.Testing.Platform.Requests;

namespace RedisML.Pester.Runner;

/// <summary>Reports each test of the suite, whose files two processes share.</summary>
/// <param name="wildcards">Which files.</param>
sealed class PesterFramework(string[] wildcards) : ITestFramework, IDataProducer
{
    public string Uid => nameof(PesterFramework);
    public string Version => "1.0.0";
    public string DisplayName => "Pester";
    public string Description => "Runs the Pester suite on the built module.";
    public Type[] DataTypesProduced => [typeof(TestNodeUpdateMessage)];

    public Task<bool> IsEnabledAsync() => Task.FromResult(true);

    public Task<CreateTestSessionResult> CreateTestSessionAsync(CreateTestSessionContext context) =>
        Task.FromResult(new CreateTestSessionResult { IsSuccess = true });

    public Task<CloseTestSessionResult> CloseTestSessionAsync(CloseTestSessionContext context) =>
        Task.FromResult(new CloseTestSessionResult { IsSuccess = true });

    public async Task ExecuteRequestAsync(ExecuteRequestContext context)
    {
        // Long files tend to take long: they come first, so that both processes end together.
        var files = new DirectoryInfo(PesterProcess.Suite).GetFiles("*.Tests.ps1")
            .Where(file => wildcards.Any(wildcard => FileSystemName.MatchesSimpleExpression(wildcard, NameOf(file.FullName))))
            .OrderByDescending(file => file.Length).Select(file => file.FullName);
        var queue = new ConcurrentQueue<string>(files);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(2, queue.Count)).Select(_ => Task.Run(() => RunAsync(queue, context))));
        context.Complete();
    }

    async Task RunAsync(ConcurrentQueue<string> files, ExecuteRequestContext context)
    {
        var discover = context.Request is DiscoverTestExecutionRequest;
        var process = new PesterProcess(discover);
        try
        {
            while (files.TryDequeue(out var file) && !context.CancellationToken.IsCancellationRequested)
            {
                TestResult[] results;
                try
                {
                    results = await process.RunAsync(file, context.CancellationToken);
                }
                catch (InvalidOperationException e)
                {
                    results = [new("the whole file", "Failed", 0, e.Message)];
                    process.Kill();
                    process.Dispose();
                    process = new(discover);
                }
                await ReportAsync(NameOf(file), results, discover, context);
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
        finally
        {
            process.Dispose();
        }
    }

    async Task ReportAsync(string file, TestResult[] results, bool discover, ExecuteRequestContext context)
    {
        var now = DateTimeOffset.UtcNow;
        for (var i = 0; i < results.Length; i++)
        {
            var (name, outcome, seconds, message) = results[i];
            TestNodeStateProperty state = outcome switch
            {
                "Passed" => PassedTestNodeStateProperty.CachedInstance,
                "Skipped" => new SkippedTestNodeStateProperty(message),
                "Found" when discover => DiscoveredTestNodeStateProperty.CachedInstance,
                _ => new FailedTestNodeStateProperty(message),
            };
            var took = TimeSpan.FromSeconds(seconds);
            var node = new TestNode
            {
                Uid = $"{file}/{i}",
                DisplayName = $"{file}: {name}",
                Properties = new(state, new TimingProperty(new(now - took, now, took))),
            };
            await context.MessageBus.PublishAsync(
                this, new TestNodeUpdateMessage(context.Request.Session.SessionUid, node));
        }
    }

    /// <summary>A file's name without what all of them end with.</summary>
    static string NameOf(string file) => Path.GetFileName(file)[..^".Tests.ps1".Length];
}
