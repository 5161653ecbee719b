using System.Buffers.Binary;
using System.Text.Json;
using RedisML.ModelFiles;
using RedisML.Models;

namespace RedisML.Unit.Formats.Safetensors;

public sealed class SafetensorsExportTests
{
    [Fact]
    public void HeaderAndElementsAreAsTheFormatWants()
    {
        var model = new Model { Name = "m", Version = 3, Created = DateTimeOffset.UnixEpoch, Parameters = [] };
        var bytes = SafetensorsExport.Write(model, new Dictionary<string, ParameterValue>
        {
            ["mask"] = new Tensor(new[] { true, false, true }, 3),
            ["w"] = new Tensor(new[] { 1.5f, 2, 3, 4, 5, 6 }, 2, 3),
            ["rate"] = new Scalar(0.25),
            ["note"] = new Scalar("größer"),
        });

        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, headerLength % 8);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        var metadata = header.RootElement.GetProperty("__metadata__");
        Assert.Equal(("m", "3", "größer"),
            (metadata.GetProperty("redisml.model").GetString(), metadata.GetProperty("redisml.version").GetString(),
            metadata.GetProperty("note").GetString()));

        var (rate, w, mask) = (Entry("rate"), Entry("w"), Entry("mask"));
        Assert.Equal(("F64", "[]"), (rate.Type, rate.Shape));
        Assert.Equal(("F32", "[2,3]"), (w.Type, w.Shape));
        Assert.Equal(("BOOL", "[3]"), (mask.Type, mask.Shape));
        Assert.Equal(BitConverter.GetBytes(0.25), rate.Data);
        Assert.Equal([.. new[] { 1.5f, 2, 3, 4, 5, 6 }.SelectMany(BitConverter.GetBytes)], w.Data);
        Assert.Equal([1, 0, 1], mask.Data);
        // Without holes, to the end of the file.
        Assert.Equal([0, 8, 32, 35], new[] { rate.Begin, rate.End, w.End, mask.End });
        Assert.Equal(bytes.Length, 8 + headerLength + 35);

        (string? Type, string Shape, int Begin, int End, byte[] Data) Entry(string name)
        {
            var entry = header.RootElement.GetProperty(name);
            int begin = entry.GetProperty("data_offsets")[0].GetInt32(), end = entry.GetProperty("data_offsets")[1].GetInt32();
            return (entry.GetProperty("dtype").GetString(), entry.GetProperty("shape").GetRawText(), begin, end,
                bytes[(8 + headerLength + begin)..(8 + headerLength + end)]);
        }
    }
}
