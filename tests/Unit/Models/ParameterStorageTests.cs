using System.Text;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Models;

/// <summary>Parameters in pieces: what is large, compressed, of 8 bits or not to stay. The same for every server.</summary>
public abstract class ParameterStorageTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<RedisMLConnection> ConnectAsync();

    [Theory]
    [InlineData(ParameterCompression.None)]
    [InlineData(ParameterCompression.Zstandard)]
    public async Task What_is_large_comes_back_from_pieces_whole_and_in_slices(ParameterCompression compression)
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        var large = new Tensor(Enumerable.Range(0, 700 * 3 * 257).Select(i => i * 0.5f).ToArray(), 700, 3, 257);
        var model = await models.ChangeParametersAsync("m", new() { Set = One("w", large), Storage = new() { Compression = compression } },
            Cancellation);
        Assert.Equal(["w"], model.Parameters);
        var read = await ReadAsync(models, model, "w");
        Assert.Equal(ElementType.Float32, read.ElementType);
        Assert.Equal([700, 3, 257], read.Shape);
        Assert.Equal(large.Bytes, read.Bytes);
        foreach (var slice in (string[])["0", "-1, 2, 5:7", "5:600:", "10:690, :, 3", ":, 1, -1", "699, 0:2", "3:3", ":"])
        {
            if (slice == "5:600:")
            {
                Assert.Equal("InvalidSlice", Assert.Throws<RedisMLException>(() => TensorSlice.Parse(slice)).ErrorId);
                continue;
            }
            var part = await models.ReadSliceAsync(model, "w", TensorSlice.Parse(slice), Cancellation);
            var expected = TensorSlice.Parse(slice).Of(large);
            Assert.Equal(expected.Shape, part.Shape);
            Assert.Equal(expected.Bytes, part.Bytes);
        }
        // By hand: element [10, 2, 3] of the slice is the 690th row's.
        var column = await models.ReadSliceAsync(model, "w", TensorSlice.Parse("10:690, :, 3"), Cancellation);
        Assert.Equal([680, 3], column.Shape);
        Assert.Equal((689 * 3 + 2) * 257 * 0.5f + 1.5f, column.ToDoubles()[^1]);

        var copied = await models.ChangeParametersAsync("m", new() { Set = One("v", new Scalar(1)), IfVersion = 1 }, Cancellation);
        Assert.Equal(2, copied.Version);
        Assert.Equal(["v", "w"], copied.Parameters);
        await models.RemoveVersionAsync("m", 1, force: false, "test", Cancellation);
        var copy = await ReadAsync(models, copied, "w");
        Assert.Equal(large.Bytes, copy.Bytes);
        Assert.True(await models.RemoveAsync("m", Cancellation));
        Assert.Empty(await KeysAsync(connection, "version:"));
    }

    [Fact]
    public async Task A_slice_reads_no_more_than_its_pieces()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        var model = await models.ChangeParametersAsync("m", One("w", new Tensor(new double[400_000], 400, 1000)), [], Cancellation);
        var pieces = await KeysAsync(connection, "piece:");
        Assert.Equal(4, pieces.Count);
        foreach (var key in pieces.Where(key => !key.EndsWith(":1", StringComparison.Ordinal)))
            await connection.Database.KeyDeleteAsync(key);
        Assert.Equal(1000, (await models.ReadSliceAsync(model, "w", TensorSlice.Parse("200"), Cancellation)).Elements.Length);
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            models.ReadSliceAsync(model, "w", TensorSlice.Parse("0"), Cancellation));
        Assert.Equal("InvalidParameter", error.ErrorId);
        error = await Assert.ThrowsAsync<RedisMLException>(() => models.ReadParametersAsync(model, null, Cancellation));
        Assert.Equal(("InvalidParameter", ErrorKind.InvalidData), (error.ErrorId, error.Kind));
    }

    [Fact]
    public async Task A_piece_that_was_changed_is_an_error()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        var model = await models.ChangeParametersAsync("m", One("w", new Tensor(new double[200_000], 200_000)), [], Cancellation);
        await connection.Database.StringSetRangeAsync((await KeysAsync(connection, "piece:"))[0], 1000, "x");
        var error = await Assert.ThrowsAsync<RedisMLException>(() => models.ReadParametersAsync(model, null, Cancellation));
        Assert.Equal("InvalidParameter", error.ErrorId);
        Assert.Contains("piece", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_replaced_or_removed_leaves_no_piece()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        var large = new Tensor(new double[200_000], 200_000);
        await models.ChangeParametersAsync("m", One("w", large), [], Cancellation);
        var first = await KeysAsync(connection, "piece:");
        await models.ChangeParametersAsync("m", One("w", large), [], Cancellation);
        var second = await KeysAsync(connection, "piece:");
        Assert.Equal((2, 2), (second.Count, second.Except(first).Count()));
        await models.ChangeParametersAsync("m", [], ["w"], Cancellation);
        Assert.Empty(await KeysAsync(connection, "piece"));
    }

    [Fact]
    public async Task A_parameter_with_a_time_to_live_goes_and_the_others_stay()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.ChangeParametersAsync("m", new()
        {
            Set = [.. One("gone", new Scalar("text")), .. One("w", new Tensor(new[] { 1.0 }, 1))],
            Storage = new() { TimeToLive = TimeSpan.FromMilliseconds(300) },
        }, Cancellation);
        var model = await models.ChangeParametersAsync("m", One("w", new Tensor(new[] { 2.0 }, 1)), [], Cancellation);
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (model.Parameters.Count > 1 && DateTime.UtcNow < deadline)
        {
            await Task.Delay(20, Cancellation);
            model = await models.GetAsync("m", null, Cancellation);
        }
        Assert.Equal(["w"], model.Parameters);
        Assert.Equal(2, (await ReadAsync(models, model, "w")).ToDoubles()[0]);
        Assert.Empty(await models.ReadParametersAsync(model, ["gone"], Cancellation));
        await models.ChangeParametersAsync("m", One("x", new Scalar(1)), [], Cancellation);
        Assert.False(await connection.Database.HashExistsAsync(connection.Keys.ModelVersion("m", 1), "gone"));
    }

    [Fact]
    public async Task Additions_at_the_same_time_all_count()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            for (int n = 0; n < 10; n++)
                await models.ChangeParametersAsync("m", new()
                {
                    Add = [.. One("count", new Scalar(1)), .. One("sum", new Tensor(new[] { 0.5f, i }, 2))],
                }, Cancellation);
        }));
        var model = await models.GetAsync("m", null, Cancellation);
        var values = (await models.ReadParametersAsync(model, null, Cancellation)).ToDictionary();
        Assert.Equal(80L, ((Scalar)values["count"]).Value);
        Assert.Equal([40, 280], values["sum"].ToDoubles());
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            models.ChangeParametersAsync("m", new() { Add = One("sum", new Scalar(1)) }, Cancellation));
        Assert.Equal("ParameterShapeMismatch", error.ErrorId);

        await models.ChangeParametersAsync("m", One("bytes", new Tensor(new byte[] { 200 }, 1)), [], Cancellation);
        var more = new ParameterChange { Add = One("bytes", new Tensor(new byte[] { 50 }, 1)) };
        model = await models.ChangeParametersAsync("m", more, Cancellation);
        Assert.Equal(250, (await ReadAsync(models, model, "bytes")).ToDoubles()[0]);
        error = await Assert.ThrowsAsync<RedisMLException>(() => models.ChangeParametersAsync("m", more, Cancellation));
        Assert.Equal("InvalidParameterValue", error.ErrorId);
    }

    [Fact]
    public async Task Of_writers_that_demand_the_same_version_one_wins()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.ChangeParametersAsync("m", new() { Set = One("w", new Scalar(0)), IfVersion = 0 }, Cancellation);
        var writers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                return await models.ChangeParametersAsync("m", new() { Set = One("w", new Scalar(i)), IfVersion = 1 }, Cancellation);
            }
            catch (RedisMLException e) when (e.ErrorId == "ModelVersionConflict")
            {
                return null;
            }
        }));
        var winner = Assert.Single(writers.OfType<Model>());
        Assert.True(winner.Version > 1);
        Assert.Equal(winner.Version, (await models.GetAsync("m", null, Cancellation)).Version);
    }

    [Fact]
    public async Task Fewer_bits_come_back_within_the_error_that_was_said()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        var random = new Random(1);
        var tensor = new Tensor(Enumerable.Range(0, 1000).Select(_ => random.NextDouble() * 8 - 3).ToArray(), 10, 100);
        foreach (var (precision, type) in (ValueTuple<ParameterPrecision, ElementType>[])
            [(ParameterPrecision.Half, ElementType.Float16), (ParameterPrecision.Int8, ElementType.Float64)])
        {
            var reduced = Precision.Reduce(tensor, precision, "w");
            var model = await models.ChangeParametersAsync("m", One("w", reduced.Value), [], Cancellation);
            var read = await ReadAsync(models, model, "w");
            Assert.Equal(type, read.ElementType);
            var error = tensor.ToDoubles().Zip(read.ToDoubles(), (a, b) => Math.Abs(a - b)).Max();
            Assert.Equal(reduced.MaximumError, error, 1e-12);
            Assert.InRange(error, 1e-6, precision == ParameterPrecision.Half ? 0.002 : 8.0 / 255 / 2 + 1e-9);
            Assert.InRange(reduced.RootMeanSquareError, error / 10, error);
            Assert.Equal(read.ToDoubles()[250..260],
                (await models.ReadSliceAsync(model, "w", TensorSlice.Parse("2, 50:60"), Cancellation)).ToDoubles());
        }
        foreach (double bad in (double[])[double.NaN, double.PositiveInfinity])
            Assert.Equal("PrecisionNotPossible", Assert.Throws<RedisMLException>(() =>
                Precision.Reduce(new Tensor(new[] { 1, bad }, 2), ParameterPrecision.Int8, "w")).ErrorId);
        Assert.Equal("PrecisionNotPossible", Assert.Throws<RedisMLException>(() =>
            Precision.Reduce(new Tensor(new[] { 70000f }, 1), ParameterPrecision.Half, "w")).ErrorId);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":"0123456789abcdef0123456789abcdef","bytes":2147483647,"checksums":["00"],"compression":"None"}""")]
    [InlineData("""{"id":"../x:9abcdef0123456789abcdef01234","bytes":1,"checksums":["00"],"compression":"None"}""")]
    [InlineData("""{"id":"0123456789abcdef0123456789abcdef","bytes":64,"checksums":["0"],"type":"Float32","shape":[65536,65536]}""")]
    public async Task A_description_of_pieces_that_cannot_be_is_an_error(string json)
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.ChangeParametersAsync("m", One("w", new Scalar(1)), [], Cancellation);
        await connection.Database.HashSetAsync(connection.Keys.ModelVersion("m", 1), "w",
            (byte[])[0x93, .. "PIECES\n"u8, .. Encoding.UTF8.GetBytes(json)]);
        var model = await models.GetAsync("m", null, Cancellation);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => models.ReadParametersAsync(model, null, Cancellation));
        Assert.Equal("InvalidParameter", error.ErrorId);
    }

    static KeyValuePair<string, ParameterValue>[] One(string name, ParameterValue value) => [new(name, value)];

    static async Task<Tensor> ReadAsync(ModelStore models, Model model, string name) =>
        (Tensor)(await models.ReadParametersAsync(model, [name], Cancellation)).Single().Value;

    static async Task<List<string>> KeysAsync(RedisMLConnection connection, string part)
    {
        var keys = new List<string>();
        await foreach (var key in connection.KeysAsync($"{connection.Settings.Prefix}:model:m:", Cancellation))
            if (key.Contains(part, StringComparison.Ordinal)) keys.Add(key);
        return keys;
    }
}

public sealed class ParameterStorageOnEmbeddedServerTests(EmbeddedServerFixture server) : ParameterStorageTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();
}

public sealed class ParameterStorageOnRedisTests(RedisServerFixture server) : ParameterStorageTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();
}
