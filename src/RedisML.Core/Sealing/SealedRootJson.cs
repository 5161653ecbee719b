using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisML.Sealing;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SealedRoot))]
sealed partial class SealedRootJson : JsonSerializerContext;
