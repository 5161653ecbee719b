using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>A node, or another writer, in a process of its own, of Core alone (<c>tests/Node</c>), which can be killed and stopped.
/// </summary>
sealed class NodeProcess : IDisposable
{
    static readonly string s_program = typeof(Node.NodeProgram).Assembly.Location;

    readonly Process _process;

    /// <param name="server">As <see cref="ConnectionSettings.Parse"/> takes it.</param>
    /// <param name="arguments">As the program has it.</param>
    public NodeProcess(string server, string prefix, params string[] arguments) : this(s_program, server, prefix, arguments)
    {
    }

    NodeProcess(string program, string server, string prefix, string[] arguments)
    {
        string[] words = [program, server, prefix, .. arguments];
        _process = Process.Start(new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true })!;
    }

    public int Id => _process.Id;

    public static NodeProcess Start(RedisMLConnection connection, string dataset, string model, TrainingSpecification specification,
        NodeOptions options, int workers = 1, string? program = null) => new(program ?? s_program, connection.Endpoint, connection.Prefix,
            ["start", $"{workers}", dataset, model, JsonSerializer.Serialize(specification), JsonSerializer.Serialize(options)]);

    public static NodeProcess Join(RedisMLConnection connection, string id, int workers = 1) =>
        new(connection.Endpoint, connection.Prefix, "join", $"{workers}", id);

    public static NodeProcess Resume(RedisMLConnection connection, string id) =>
        new(connection.Endpoint, connection.Prefix, "resume", "1", id);

    /// <summary>The line that it writes at its end: of a node state, loss and nodes; or the id of the error and its message.</summary>
    public async Task<string> ResultAsync() =>
        await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Script)
        ?? throw new EndOfStreamException("The node ended without a result; what it wrote as an error is above.");

    public async Task<double> LossAsync()
    {
        var line = await ResultAsync();
        Assert.StartsWith("Completed ", line);
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Ends the process at once, as kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal, such as STOP.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
