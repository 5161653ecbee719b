// Asks a prediction service over Redis, with the Redis client alone: AskService 127.0.0.1:6379 price '{"carat": 0.5}' [prefix]
using System.Text.Json.Nodes;
using StackExchange.Redis;

if (args is not [var server, var service, var features, ..]) return Usage();
string prefix = args.Length > 3 ? args[3] : "redisml", reply = $"{prefix}:reply:{Guid.NewGuid()}";
await using var redis = await ConnectionMultiplexer.ConnectAsync(server);
var database = redis.GetDatabase();
var request = new JsonObject { ["reply"] = reply, ["features"] = JsonNode.Parse(features) };
await database.ListLeftPushAsync($"{prefix}:service:{{{service}}}:queue", request.ToJsonString());

// A wait of its own connection blocks nobody else; it is shorter than the client's patience for a reply.
for (int attempt = 0; attempt < 20; attempt++)
{
    if ((RedisValue[]?)await database.ExecuteAsync("BLPOP", reply, "1") is not [_, var json]) continue;
    var answer = JsonNode.Parse((string)json!)!;
    if (answer["error"] is { } error)
    {
        Console.Error.WriteLine($"{error}: {answer["message"]}");
        return 1;
    }
    Console.WriteLine($"{answer["prediction"]} by version {answer["version"]}");
    return 0;
}
Console.Error.WriteLine("The service didn't answer.");
return 1;

static int Usage()
{
    Console.Error.WriteLine("AskService <host:port> <service> <features as JSON> [prefix]");
    return 1;
}
