using System.Buffers.Binary;
using System.Text;
using RedisML.Errors;
using RedisML.Features;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.ModelFiles;

/// <summary>What is exported as safetensors or JSON is imported as it was, and nothing else is.</summary>
public sealed class ModelFileTests
{
    static readonly Model s_model = new()
    {
        Name = "price",
        Version = 3,
        Created = DateTimeOffset.UnixEpoch,
        Parameters = [],
        Definition = new()
        {
            Algorithm = "Linear",
            Task = ModelTask.Regression,
            Pipeline = new()
            {
                Inputs = [new("é\"<", Columns.ColumnType.Float64)],
                Features = [new NumericFeature("é\"<", 0.1 + 0.2, 1e-300)],
                Label = new("price", Columns.ColumnType.Float64, null),
            },
            Options = System.Text.Json.JsonSerializer.SerializeToElement(new { l2 = 1.50 }),
            Lineage = new()
            {
                Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 5, Trained = DateTimeOffset.UnixEpoch,
            },
            Metrics = new Dictionary<string, double> { ["loss"] = double.NaN },
        },
    };

    static readonly Dictionary<string, ParameterValue> s_parameters = new(StringComparer.Ordinal)
    {
        ["f64"] = new Tensor(new[] { 1 / 3.0, -0.0, double.NaN, double.PositiveInfinity, double.Epsilon, double.MinValue }, 2, 3),
        ["f32"] = new Tensor(new[] { 1 / 3f, float.NegativeInfinity, float.Epsilon, float.MaxValue }, 4, 1, 1),
        ["f16"] = new Tensor(new[] { (Half)(1 / 3.0), Half.MaxValue, Half.NegativeInfinity }, 3),
        ["i8"] = new Tensor(new sbyte[] { -128, 127 }, 2), ["i16"] = new Tensor(new short[] { -32768 }, 1),
        ["i32"] = new Tensor(new[] { int.MinValue }, 1, 1), ["i64"] = new Tensor(new[] { long.MinValue, long.MaxValue }, 2),
        ["u8"] = new Tensor(new byte[] { 255 }, 1), ["u16"] = new Tensor(new ushort[] { 65535 }, 1),
        ["u32"] = new Tensor(new[] { uint.MaxValue }, 1), ["u64"] = new Tensor(new[] { ulong.MaxValue }, 1),
        ["bool"] = new Tensor(new[] { true, false }, 2), ["none"] = new Tensor(Array.Empty<float>(), 0, 3),
        ["rank0"] = new Tensor(new[] { 1.5f }), ["text"] = new Scalar("a </script>\"é"), ["whole"] = new Scalar(42L),
        ["number"] = new Scalar(0.1), ["flag"] = new Scalar(true),
    };

    [Theory]
    [InlineData("Safetensors")]
    [InlineData("Json")]
    public void What_was_written_is_read_to_the_bit(string format)
    {
        var read = Read(format, Write(format));
        Assert.Equal("price", read.Name);
        Assert.Equal(s_parameters.Keys.Order(StringComparer.Ordinal), read.Parameters.Select(p => p.Key).Order(StringComparer.Ordinal));
        foreach (var (name, value) in read.Parameters)
            Assert.Equal(Convert.ToHexString(s_parameters[name].Encode()), Convert.ToHexString(value.Encode()));
        // Written again it is the same file: nothing of the definition was lost.
        Assert.Equal(Write(format), Write(format, s_model with { Definition = read.Definition }, read.Parameters));
    }

    [Theory]
    [InlineData("Safetensors")]
    [InlineData("Json")]
    public void A_byte_that_was_changed_or_is_missing_is_an_error_and_never_another_model(string format)
    {
        var whole = Write(format);
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = i % 4 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            if (i % 4 != 0) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                var read = Read(format, damaged);
                // Only what isn't part of the model: its name, its number, white space, a checksum that is no more called so.
                Assert.Equal(Write(format), Write(format, s_model with { Definition = read.Definition }, read.Parameters));
            }
            catch (Exception e) when (e is InvalidDataException or RedisMLException or System.Text.Json.JsonException
                or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 300, 400);
    }

    public static TheoryData<string> Headers => new(
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""",
        """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""",
        """{"w":{"dtype":"F32","shape":[2147483647,2147483647,4],"data_offsets":[0,8]}}""",
        """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        """{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        """{"w":{"dtype":"F8_E5M2","shape":[8],"data_offsets":[0,8]}}""",
        """{"@definition":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        """{"w":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}""",
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        """[]""", """{"w":5}""", """{"w":{"dtype":"F32"}}""");

    [Theory]
    [MemberData(nameof(Headers))]
    public void Hostile_headers_of_safetensors_are_refused(string header)
    {
        var bytes = Safetensors(header, [1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.ThrowsAny<Exception>(() => Read("Safetensors", bytes));
        BinaryPrimitives.WriteInt64LittleEndian(bytes, long.MaxValue);
        Assert.Throws<InvalidDataException>(() => Read("Safetensors", bytes));
    }

    [Fact]
    public void Safetensors_of_others_are_parameters_alone_and_BF16_becomes_F32()
    {
        var bytes = Safetensors("""
            {"__metadata__":{"format":"pt"},"b.weight":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},
            "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}
            """, [0, 0, 0x80, 0x3f, 0x80, 0x3f, 0x20, 0xc0]);
        var read = Read("Safetensors", bytes);
        Assert.Null(read.Definition);
        Assert.Equal(["a", "b.weight"], read.Parameters.Select(p => p.Key));
        Assert.Equal([1, -2.5], read.Parameters[1].Value.ToDoubles());
        Assert.Equal(ElementType.Float32, ((Tensor)read.Parameters[1].Value).ElementType);
    }

    [Fact]
    public async Task A_file_that_is_none_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, text, id) in (ValueTuple<string, string, string>[])
            [("a.json", "{}", "ModelFileInvalid"), ("b.safetensors", "x", "ModelFileInvalid"), ("c.pkl", "x", "UnknownModelFormat"),
                ("d.json", "[1", "ModelFileInvalid")])
        {
            var path = folder.Write(name, text);
            var error = await Assert.ThrowsAsync<RedisMLException>(() =>
                ModelImport.ReadAsync(path, null, new(), TestContext.Current.CancellationToken));
            Assert.Equal(id, error.ErrorId);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
        var used = await Assert.ThrowsAsync<RedisMLException>(() => ModelImport.ReadAsync(
            folder.Write("e.json", "{}"), null, new() { Label = "x" }, TestContext.Current.CancellationToken));
        Assert.Equal("OptionInvalid", used.ErrorId);
    }

    static byte[] Safetensors(string header, byte[] data) =>
        [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data];

    static byte[] Write(string format) => Write(format, s_model, [.. s_parameters]);

    static byte[] Write(string format, Model model, IEnumerable<KeyValuePair<string, ParameterValue>> parameters)
    {
        var ordered = parameters.OrderBy(p => p.Key, StringComparer.Ordinal).ToList();
        return format == "Json" ? JsonExport.Write(model, ordered) : SafetensorsExport.Write(model, ordered);
    }

    static ImportedModel Read(string format, byte[] content) => ModelFormats.Get(format, "file").Read(content, new());
}
