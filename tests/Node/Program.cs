using System.Globalization;
using System.Text.Json;
using RedisML.Algorithms.Language;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Online;
using RedisML.Runs;
using RedisML.Training;

// A process to be killed and stopped: with Core alone it is there three times as soon as one in PowerShell.
// Arguments: server, prefix, what to do, and
// "start": workers, dataset, model, TrainingSpecification, NodeOptions; "join" or "resume": workers, the id of a run. It writes the run's
// state, loss and nodes.
// "learn": OnlineStartOptions, batch size. It learns online until it is killed, and waits for a lease to lapse before.
// "add": model, source, file. It adds the lines of a file to a language model.
// "promote": model, alias, version, times.
// It writes the id of an error, and its message, where there is one.
await using var connection = await RedisMLConnection.ConnectAsync(ConnectionSettings.Parse(args[0]) with { Prefix = args[1] }, default);
string[] words = args[3..];
try
{
    await (args[2] switch
    {
        "start" or "join" or "resume" => TrainAsync(),
        "learn" => LearnAsync(),
        "add" => AddAsync(),
        "promote" => PromoteAsync(),
        var other => throw new ArgumentException($"'{other}' is nothing that this does."),
    });
}
catch (RedisMLException e)
{
    Console.WriteLine($"{e.ErrorId}: {e.Message.ReplaceLineEndings(" ")}");
}

async Task TrainAsync()
{
    int workers = Number(words[0]);
    var training = await (args[2] switch
    {
        "start" => ModelTraining.StartAsync(connection, await new DatasetStore(connection).GetAsync(words[1], null, default), words[2],
            JsonSerializer.Deserialize<TrainingSpecification>(words[3])!, workers, JsonSerializer.Deserialize<NodeOptions>(words[4])!,
            default),
        "join" => ModelTraining.JoinAsync(connection, words[1], workers, default),
        _ => ModelTraining.ResumeAsync(connection, words[1], workers, default),
    });
    var threads = Enumerable.Range(0, workers).Select(worker => new Thread(() => training.Work(worker, default))).ToList();
    threads.ForEach(thread => thread.Start());
    var run = await training.Completion;
    threads.ForEach(thread => thread.Join());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.State} {run.Loss:R} {run.Nodes}"));
}

async Task LearnAsync()
{
    var options = JsonSerializer.Deserialize<OnlineStartOptions>(words[0])!;
    while (true)
    {
        try
        {
            var trainer = await OnlineTrainer.StartAsync(
                connection, options, new() { BatchSize = Number(words[1]), Lease = TimeSpan.FromSeconds(0.5) }, default);
            await trainer.Completion;
            return;
        }
        catch (RedisMLException e) when (e.ErrorId == "OnlineTrainingActive")
        {
            await Task.Delay(10);
        }
    }
}

async Task AddAsync()
{
    var model = await LanguageModel.OpenAsync(connection, words[0], default);
    var writer = await LanguageModelWriter.StartAsync(model, words[1], default);
    foreach (var line in File.ReadLines(words[2])) await writer.AddAsync(line, default);
    Console.WriteLine((await writer.CompleteAsync(default)).Tokens);
}

async Task PromoteAsync()
{
    var models = new ModelStore(connection);
    for (int time = 1; time <= Number(words[3]); time++)
        await models.MoveAliasAsync(words[0], words[1], Number(words[2]), null, "test", $"{words[2]}-{time}", default);
    Console.WriteLine("done");
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
