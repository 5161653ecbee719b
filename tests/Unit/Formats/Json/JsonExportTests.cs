using System.Text.Json;
using RedisML.Features;
using RedisML.ModelFiles;
using RedisML.Models;

namespace RedisML.Unit.Formats.Json;

public sealed class JsonExportTests
{
    [Fact]
    public void HoldsDefinitionAndParameters()
    {
        var model = new Model
        {
            Name = "m",
            Version = 3,
            Created = DateTimeOffset.UnixEpoch,
            Parameters = [],
            Definition = new()
            {
                Algorithm = "Linear",
                Task = ModelTask.Regression,
                Pipeline = new()
                {
                    Features = [new NumericFeature("carat", 0.5, 2)],
                    Label = new("price", RedisML.Columns.ColumnType.Float64, null)
                },
                Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 5, Trained = DateTimeOffset.UnixEpoch },
            },
        };
        var bytes = JsonExport.Write(model, new Dictionary<string, ParameterValue>
        {
            ["w"] = new Tensor(new[] { 1.5, double.NaN, 3, 4, 5, double.NegativeInfinity }, 2, 3),
            ["empty"] = new Tensor(Array.Empty<long>(), 0),
            ["mask"] = new Tensor(new[] { true }, 1, 1),
            ["count"] = new Scalar(long.MaxValue),
            ["note"] = new Scalar("größer"),
        });
        using var document = JsonDocument.Parse(bytes);
        var root = document.RootElement;
        Assert.Equal(("redisml-model", 1, "m", 3), (root.GetProperty("format").GetString(), root.GetProperty("formatVersion").GetInt32(),
            root.GetProperty("name").GetString(), root.GetProperty("version").GetInt32()));
        Assert.Equal("""{"kind":"numeric","mean":0.5,"scale":2,"column":"carat"}""",
            Compact(root.GetProperty("definition").GetProperty("pipeline").GetProperty("features")[0]));
        var parameters = root.GetProperty("parameters");
        Assert.Equal("""{"type":"float64","shape":[2,3],"value":[[1.5,"NaN",3],[4,5,"-Infinity"]]}""", Compact(parameters.GetProperty("w")));
        Assert.Equal("""{"type":"int64","shape":[0],"value":[]}""", Compact(parameters.GetProperty("empty")));
        Assert.Equal("""{"type":"boolean","shape":[1,1],"value":[[true]]}""", Compact(parameters.GetProperty("mask")));
        Assert.Equal("""{"type":"int64","shape":[],"value":9223372036854775807}""", Compact(parameters.GetProperty("count")));
        Assert.Equal("größer", parameters.GetProperty("note").GetProperty("value").GetString());
    }

    static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
