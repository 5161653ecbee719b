using System.Diagnostics;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>This program as a node in a process of its own.</summary>
static class NodeChild
{
    public const string Command = "node";

    public static Process Start(BenchmarkContext context, string run) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Command, $"{context.Port}", run])
        {
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("The node did not start.");

    /// <summary>Takes part in a run until it ends.</summary>
    public static async Task<int> RunAsync(int port, string run)
    {
        await using var connection = await RedisMLConnection.ConnectAsync(ConnectionSettings.For("127.0.0.1", port), default);
        try
        {
            var training = await ModelTraining.JoinAsync(connection, run, 1, default);
            new Thread(() => training.Work(0, default)) { IsBackground = true }.Start();
            await training.Completion;
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (RedisMLException e)
        {
            Console.Error.WriteLine($"{e.ErrorId}: {e.Message}");
            return e.ErrorId == "RunEnded" ? 0 : 1;
        }
    }
}
