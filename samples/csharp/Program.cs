using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training;

// What the cmdlets do, from C#: imports diamonds, trains a model of their price, predicts that of one, and reads the model's parameters.
// Arguments: the server, and the file.
var (server, file) = args is [var s, var f] ? (s, f) : ("localhost", "samples/data/diamonds.csv.gz");
await using var connection = await RedisMLConnection.ConnectAsync(ConnectionSettings.Parse(server), default);

var import = await DatasetImport.RunAsync(connection, file, new() { Dataset = "diamonds" }, progress: null, default);
Console.WriteLine($"{import.RowsWritten} rows");

var dataset = await new DatasetStore(connection).GetAsync("diamonds", version: null, default);
var specification = new TrainingSpecification { Algorithm = "Linear", Label = "price" };
var training = await ModelTraining.StartAsync(connection, dataset, "price", specification, workerCount: 1, new NodeOptions(), default);
training.Work(worker: 0, default); // on this thread, until it has ended
var run = await training.Completion;
Console.WriteLine($"version {run.ModelVersion}, mean squared error {run.Loss:F0}");

var models = new ModelStore(connection);
var model = await models.GetAsync(ModelReference.Parse("price"), default);
var predictor = await ModelFamilies.LoadAsync(models, model, default);
var diamond = new Dictionary<string, object?>
{
    ["carat"] = 0.7, ["cut"] = "Ideal", ["color"] = "G", ["clarity"] = "VS2", ["depth"] = 61.8, ["table"] = 56, ["x"] = 5.7, ["y"] = 5.7,
    ["z"] = 3.5,
};
var buffer = new RowBuffer(predictor.Signature);
buffer.TryAdd([.. buffer.Inputs.Select(column => diamond[column.Name])]);
using var rows = buffer.ToBatch();
Console.WriteLine($"it costs {predictor.Predict(rows).Values[0]:F0} USD");

foreach (var (name, value) in await models.ReadParametersAsync(model, names: null, default))
    Console.WriteLine($"{name}: {value.ToDoubles().Length} numbers");
