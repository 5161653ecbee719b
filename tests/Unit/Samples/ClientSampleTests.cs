using System.ComponentModel;
using System.Diagnostics;
using RedisML.Models;
using RedisML.Serving;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Serving;

namespace RedisML.Unit.Samples;

/// <summary>The clients of samples/clients, each a program of its own, ask a service.</summary>
public sealed class ClientSampleTests(RedisServerFixture redis)
{
    static readonly string s_folder = Path.Combine(HostedEngine.ProjectRoot, "samples", "clients");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("python3", "3.5 by version 1", "predict_redis.py", "REDIS", "price", """{"x": 2.5}""", "PREFIX")]
    [InlineData("python3", "3.5 by version 1", "predict_http.py", "HTTP", "price", """{"x": 2.5}""")]
    [InlineData("redis-cli", """{"prediction":3.5,"version":1}""", "predict_redis.sh", "REDIS", "price", """{"x": 2.5}""", "PREFIX")]
    [InlineData("curl", """{"model_name":"price","model_version":"1","outputs":[{"name":"Prediction","datatype":"FP64","shape":[1],"data":[3.5]}]}""",
        "predict_http.sh", "HTTP", "price", "x=2.5")]
    [InlineData("dotnet", "3.5 by version 1", "AskService.dll", "REDIS", "price", """{"x": 2.5}""", "PREFIX")]
    public async Task It_is_answered(string program, string expected, string file, params string[] arguments)
    {
        Assert.SkipWhen(program == "redis-cli" && OperatingSystem.IsWindows(), "There is no bash.");
        await RunAsync(program, "--version");
        using var tree = new UntouchedTree();
        await using var connection = await redis.ConnectAsync();
        await ServedModels.PublishNumberAsync(connection, "price", 1);
        int port = RedisServer.FreePort();
        var instance = await PredictionInstance.StartAsync(
            connection, "price", new ModelReference("price"), new() { Http = new() { Port = port } }, Cancellation);
        string[] given = [.. arguments.Select(argument => argument switch
        {
            "REDIS" => connection.Endpoint,
            "PREFIX" => connection.Prefix,
            "HTTP" => $"http://127.0.0.1:{port}",
            _ => argument,
        })];
        string path = Path.Combine(file.EndsWith(".dll", StringComparison.Ordinal) ? AppContext.BaseDirectory : s_folder, file);
        Assert.Equal(expected, await RunAsync(file.EndsWith(".sh", StringComparison.Ordinal) ? "bash" : program, [path, .. given]));
        instance.SignalStop();
        await instance.Completion.WaitAsync(Patience.Event, Cancellation);
    }

    /// <summary>What a program wrote; the test is skipped where it isn't installed.</summary>
    static async Task<string> RunAsync(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = HostedEngine.ProjectRoot,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var texts = await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
            await process.WaitForExitAsync(Cancellation);
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {texts[1]}");
            return texts[0].Trim();
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed");
            throw;
        }
    }
}
