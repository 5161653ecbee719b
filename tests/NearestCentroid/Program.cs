using RedisML.Connections;
using RedisML.Datasets;
using RedisML.NearestCentroid;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training;

// A node of a run in a process of its own, with Core and this assembly alone. Arguments: server, prefix, and the id of the run to join;
// or the dataset and the passes of a run to start, with two nodes.
ModelFamilies.Add(new CentroidAlgorithm());
await using var connection = await RedisMLConnection.ConnectAsync(ConnectionSettings.Parse(args[0]) with { Prefix = args[1] }, default);
var training = args is [_, _, var id] ? await ModelTraining.JoinAsync(connection, id, 1, default)
    : await StartAsync(args[2], int.Parse(args[3]));
training.Work(0, default);
Console.WriteLine((await training.Completion).State);

async Task<ModelTraining> StartAsync(string dataset, int passes) => await ModelTraining.StartAsync(
    connection, await new DatasetStore(connection).GetAsync(dataset, null, default), "centroids", CentroidRun.Specification(passes), 1,
    new NodeOptions { NodeCount = 2, MaxNode = 2, NodeTimeout = 1, JoinTimeout = 120, CheckpointInterval = 0.1 }, default);
