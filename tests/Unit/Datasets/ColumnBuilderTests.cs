using System.Numerics;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Columns.Chunks;
using RedisML.Formats.Text;

namespace RedisML.Unit.Datasets;

public class ColumnBuilderTests
{
    [Fact]
    public void Unsigned_integers_beyond_64_signed_bits_keep_their_value()
    {
        var builder = new UInt64ColumnBuilder();
        builder.Append(ulong.MaxValue);
        builder.AppendNull();
        builder.Append(1);
        Assert.Equal([ulong.MaxValue, null, 1UL], RoundTrip(builder, ColumnType.UInt64));
    }

    [Fact]
    public void Decimals_keep_every_digit()
    {
        var type = ColumnType.Decimal128(38, 2);
        var builder = new DecimalColumnBuilder(type);
        foreach (var text in (string[])["0.01", "-12.5", "123456789012345678901234567890123456.78"])
        {
            Assert.True(DecimalNumber.TryParse(Encoding.UTF8.GetBytes(text), out var number));
            Assert.True(DecimalNumber.TryRescale(number.Unscaled, number.Scale, type, out var unscaled));
            builder.Append(unscaled);
        }
        builder.AppendNull();
        Assert.Equal([0.01m, -12.50m, "123456789012345678901234567890123456.78", null], RoundTrip(builder, type));
    }

    [Theory]
    [InlineData("1e3", "1000")]
    [InlineData("-1.50e-1", "-0.150")]
    [InlineData("+007", "7")]
    [InlineData("99999999999999999999999999999999999999", "99999999999999999999999999999999999999")]
    [InlineData("100000000000000000000000000000000000000", null)]
    [InlineData("1.2.3", null)]
    [InlineData("-", null)]
    [InlineData("1e", null)]
    [InlineData("1e99", null)]
    public void A_decimal_number_is_read_exactly_or_not_at_all(string text, string? expected) =>
        Assert.Equal(expected, DecimalNumber.TryParse(Encoding.UTF8.GetBytes(text), out var number) ? number.ToString() : null);

    [Fact]
    public void A_decimal_number_becomes_the_object_that_holds_it()
    {
        Assert.Equal(1.25m, DecimalNumber.Of(1.25m).ToObject());
        Assert.Equal(decimal.MinValue, DecimalNumber.Of(decimal.MinValue).ToObject());
        Assert.Equal(BigInteger.Pow(10, 37), new DecimalNumber((Int128)BigInteger.Pow(10, 37), 0).ToObject());
    }

    [Fact]
    public void Dates_and_timestamps_keep_their_value_in_their_unit()
    {
        var dates = new DateColumnBuilder();
        dates.Append(-1);
        dates.AppendNull();
        dates.Append(15_706);
        Assert.Equal([new DateTime(1969, 12, 31), null, new DateTime(2013, 1, 1)], RoundTrip(dates, ColumnType.Date32));

        var type = ColumnType.Timestamp(TimestampUnit.Nanosecond, "+02:00");
        var instants = new TimestampColumnBuilder(type);
        instants.Append(1_700_000_000_123_456_789);
        instants.AppendNull();
        var built = instants.Build();
        Assert.Equal(1_700_000_000_123_456_789, ((TimestampArray)built.Array).Values[0]);
        Assert.Equal("+02:00", ((TimestampType)built.Type).Timezone);
        Assert.Equal([new DateTimeOffset(2023, 11, 15, 0, 13, 20, TimeSpan.FromHours(2)).AddTicks(1_234_567), null],
            RoundTrip(instants, type));
    }

    [Fact]
    public void Bytes_of_any_length_come_back()
    {
        var builder = new BinaryColumnBuilder();
        var large = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        builder.Append([0, 255]);
        builder.AppendNull();
        builder.Append([]);
        builder.Append(large);
        Assert.Equal([new byte[] { 0, 255 }, null, System.Array.Empty<byte>(), large], RoundTrip(builder, ColumnType.Binary));
    }

    [Fact]
    public void Lists_of_numbers_share_the_narrowest_type()
    {
        var type = ColumnType.List(TypeKind.Float32);
        var builder = new ListColumnBuilder(type);
        for (int round = 0; round < 2; round++)
        {
            var elements = (Float64ColumnBuilder)builder.Elements;
            elements.Append(0.5);
            elements.Append(-2);
            builder.EndList();
            builder.AppendNull();
            builder.EndList();
            elements.AppendNull();
            builder.EndList();
            Assert.IsType<FloatArray>(((ListArray)builder.Build().Array).Values);
            Assert.Equal([new[] { 0.5f, -2 }, null, System.Array.Empty<float>(), new object?[] { null }], RoundTrip(builder, type));
            builder.Reset();
        }
    }

    [Fact]
    public void A_range_of_an_array_is_appended_as_its_rows_would_be()
    {
        var source = new Int16Array.Builder().Append(7).AppendNull().Append(-3).Append(300).AppendNull().Build();
        var slice = (Int16Array)source.Slice(1, 4);
        var byRange = new Int64ColumnBuilder();
        byRange.Append(1);
        byRange.AppendRange(slice, 1, 3);
        byRange.AppendRange(slice, 0, 2);
        Assert.Equal([1L, -3L, 300L, null, null, -3L], RoundTrip(byRange, ColumnType.Int64));
    }

    [Theory]
    [InlineData("Int64")]
    [InlineData("Float64")]
    [InlineData("Boolean")]
    [InlineData("Utf8")]
    public void Some_rows_of_an_array_are_appended_as_one_by_one(string name)
    {
        var type = ColumnType.Parse(name);
        // Whole numbers, decimal fractions, fractions; few texts, many.
        foreach (double step in (double[])[1, 0.25, 1 / 3.0])
        {
            var source = ColumnBuilder.Create(type);
            var parser = TextValue.Create(type, source);
            for (int i = 0; i < 12_000; i++)
            {
                double value = step < 0.3 ? i % 40 * step : i;
                if (i % 7 == 3) source.AppendNull();
                else Assert.True(
                    parser.TryAppend(Encoding.UTF8.GetBytes(
                    name switch { "Int64" => $"{i}", "Boolean" => i % 5 < 2 ? "true" : "false", _ => $"{value * step:R}" })));
            }
            var array = source.Build().Array;
            var (one, some) = (ColumnBuilder.Create(type), ColumnBuilder.Create(type));
            for (int part = 0; part < 2; part++)
            {
                int[] rows = [.. Enumerable.Range(0, 12_000).Where(i => i * 7919 % 5 != part)];
                foreach (int row in rows) one.AppendFrom(array, row);
                some.AppendRows(array, rows.AsSpan(0, 3000));
                some.AppendRows(array, rows.AsSpan(3000));
            }
            Assert.Equal(one.Count, some.Count);
            Assert.Equal(one.Build().Statistics, some.Build().Statistics);
            Assert.Equal(RoundTrip(one, type), RoundTrip(some, type));
        }
    }

    [Fact]
    public void NaN_in_an_array_stays_and_counts_as_missing()
    {
        var builder = new Float64ColumnBuilder();
        builder.AppendRange(new DoubleArray.Builder().Append(1).Append(double.NaN).AppendNull().Append(3).Build(), 0, 4);
        var built = builder.Build();
        Assert.Equal((2, 2, 2.0), (built.Statistics.Count, built.Statistics.Missing, built.Statistics.Mean));
        Assert.Equal([1.0, double.NaN, null, 3.0], RoundTrip(builder, ColumnType.Float64));
    }

    static object?[] RoundTrip(ColumnBuilder builder, ColumnType type)
    {
        var built = builder.Build();
        var schema = new Schema([new Field("c", built.Type, true)], null);
        using var stream = ChunkCodec.Encode(new RecordBatch(schema, [built.Array], builder.Count), ChunkCompression.Lz4);
        var array = ChunkCodec.Decode(stream.WrittenMemory.ToArray()).Column(0);
        return [.. Enumerable.Range(0, array.Length).Select(i => ArrowValues.GetObject(array, i, type))];
    }
}
