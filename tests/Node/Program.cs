using System.Globalization;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Runs;
using RedisML.Training;

// A node of a run in a process of its own, to be killed and stopped: with Core alone it is there three times as soon as one in PowerShell.
// Arguments: server, prefix, workers, and "start", dataset, model, TrainingSpecification, NodeOptions; or "join" or "resume", and the id of
// a run.
// It writes the run's state, loss and nodes; or the id of the error, and its message.
var workers = int.Parse(args[2], CultureInfo.InvariantCulture);
await using var connection = await RedisMLConnection.ConnectAsync(ConnectionSettings.Parse(args[0]) with { Prefix = args[1] }, default);
try
{
    var training = await (args[3] switch
    {
        "start" => ModelTraining.StartAsync(connection, await new DatasetStore(connection).GetAsync(args[4], null, default), args[5],
            JsonSerializer.Deserialize<TrainingSpecification>(args[6])!, workers, JsonSerializer.Deserialize<NodeOptions>(args[7])!,
            default),
        "join" => ModelTraining.JoinAsync(connection, args[4], workers, default),
        "resume" => ModelTraining.ResumeAsync(connection, args[4], workers, default),
        _ => throw new ArgumentException($"'{args[3]}' is nothing that a node does."),
    });
    var threads = Enumerable.Range(0, workers).Select(worker => new Thread(() => training.Work(worker, default))).ToList();
    threads.ForEach(thread => thread.Start());
    var run = await training.Completion;
    threads.ForEach(thread => thread.Join());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.State} {run.Loss:R} {run.Nodes}"));
}
catch (RedisMLException e)
{
    Console.WriteLine($"{e.ErrorId}: {e.Message.ReplaceLineEndings(" ")}");
}
