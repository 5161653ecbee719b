using System.Globalization;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns;
using RedisML.Columns.Builders;

namespace RedisML.Unit.Datasets;

public class DecimalFractionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Every_fraction_of_up_to_nine_digits_comes_back_as_the_same_bits(int scale)
    {
        var random = new Random(scale);
        // Not a multiple of the vectors' length: the rest is done one by one.
        var values = Enumerable.Range(0, 100_003).Select(_ => Parse($"{random.Next(-999_999_999, 1_000_000_000)}E-{scale}")).ToArray();
        Assert.True(DecimalFractions.TryEncode(values, new int[values.Length], out int found));
        Assert.Equal(scale, found);
        AssertSameBits(values, RoundTrip(values, new Decimal32Type(9, scale)));
    }

    [Fact]
    public void The_scale_is_the_least_that_all_values_share()
    {
        Assert.True(DecimalFractions.TryEncode([12, 0.5, -3.25, 1000], new int[4], out int scale));
        Assert.Equal(2, scale);
        int[] integers = new int[9];
        Assert.True(DecimalFractions.TryEncode([1, 2, 3, 4, 5, 6, 7, 8, 0.001], integers, out scale));
        Assert.Equal((3, 1000, 1), (scale, integers[0], integers[8]));
    }

    [Theory]
    [InlineData(-0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e9)]
    [InlineData(-1e300)]
    [InlineData(1.0 / 3)]
    [InlineData(12.3456789012)]
    [InlineData(0.1 + 0.2)]
    [InlineData(5e-324)]
    public void A_value_that_is_no_such_fraction_leaves_all_as_they_are(double value)
    {
        foreach (int at in (int[])[0, 5, 8])
        {
            var values = Enumerable.Repeat(0.1, 9).ToArray();
            values[at] = value;
            Assert.False(DecimalFractions.TryEncode(values, new int[9], out _));
            AssertSameBits(values, RoundTrip(values, null));
        }
    }

    [Fact]
    public void Fractions_that_together_need_more_than_nine_digits_stay_doubles()
    {
        Assert.False(DecimalFractions.TryEncode([123456.5, 0.0001], new int[2], out _));
        AssertSameBits([123456.5, 0.0001], RoundTrip([123456.5, 0.0001], null));
    }

    [Fact]
    public void What_numbers_of_32_bits_hold_is_stored_as_such() =>
        AssertSameBits([0.5, -1024.25], RoundTrip([0.5, -1024.25], FloatType.Default));

    [Fact]
    public void A_missing_value_stays_missing_among_fractions()
    {
        var builder = new Float64ColumnBuilder();
        builder.Append(0.1);
        builder.AppendNull();
        builder.Append(-7.25);
        var built = builder.Build();
        Assert.IsType<Decimal32Array>(built.Array);
        Assert.Equal((1, 0.1, -7.25), (built.Statistics.Missing, built.Statistics.Maximum, built.Statistics.Minimum));
        Assert.Equal([0.1, null, -7.25], Enumerable.Range(0, 3).Select(i => ArrowValues.GetObject(built.Array, i, ColumnType.Float64)));
        Assert.Equal([0.1, double.NaN, -7.25], Numbers(built.Array));
        // A slice, as another program's file may hold one, and as rows are copied from chunk to chunk.
        var copy = new Float64ColumnBuilder();
        copy.AppendRange(ArrowArrayFactory.Slice(built.Array, 1, 2), 0, 2);
        Assert.Equal([double.NaN, -7.25], Numbers(copy.Build().Array));
    }

    static double[] RoundTrip(double[] values, IArrowType? expected)
    {
        var builder = new Float64ColumnBuilder();
        builder.AppendRange(new DoubleArray.Builder().AppendRange(values).Build(), 0, values.Length);
        var array = builder.Build().Array;
        if (expected is not null) Assert.Equal(expected.Name, array.Data.DataType.Name);
        else Assert.Equal(values, Enumerable.Range(0, values.Length).Select(i => ((DoubleArray)array).Values[i]));
        var copy = new Float64ColumnBuilder();
        copy.AppendRange(array, 0, values.Length);
        AssertSameBits(Numbers(array), Numbers(copy.Build().Array));
        for (int i = 0; i < values.Length; i += 97)
            Assert.Equal(values[i], ArrowValues.GetObject(array, i, ColumnType.Float64));
        return Numbers(array);
    }

    static double[] Numbers(IArrowArray array) => ((NumberVector)new ColumnDecoder().Decode(array, "x")).Values.ToArray();

    static void AssertSameBits(double[] expected, double[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<double>(expected).SequenceEqual(MemoryMarshal.AsBytes<double>(actual)));

    static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
