using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Columns.Chunks;

namespace RedisML.Unit.Datasets;

public class ChunkTests
{
    [Theory]
    [InlineData(127, ArrowTypeId.Int8)]
    [InlineData(-129, ArrowTypeId.Int16)]
    [InlineData(40_000, ArrowTypeId.Int32)]
    [InlineData(int.MaxValue, ArrowTypeId.Int32)]
    [InlineData(int.MaxValue + 1L, ArrowTypeId.Int64)]
    [InlineData(int.MinValue - 1L, ArrowTypeId.Int64)]
    [InlineData(long.MinValue, ArrowTypeId.Int64)]
    public void Integers_take_the_narrowest_width_that_holds_them(long value, ArrowTypeId expected)
    {
        var builder = new Int64ColumnBuilder();
        builder.Append(1);
        builder.AppendNull();
        builder.Append(value);
        var column = RoundTrip(builder, out _);
        Assert.Equal(expected, column.Data.DataType.TypeId);
        Assert.Equal([1L, null, value], Objects(column));
    }

    [Fact]
    public void Numbers_are_stored_in_32_bits_only_where_that_loses_nothing()
    {
        var exact = new Float64ColumnBuilder();
        foreach (double v in (double[])[0.5, -3, 1e30f]) exact.Append(v);
        exact.Append(double.NaN);
        var column = RoundTrip(exact, out _);
        Assert.IsType<FloatArray>(column);
        Assert.Equal([0.5, -3.0, (double)1e30f, double.NaN], Objects(column));

        var fraction = new Float64ColumnBuilder();
        foreach (double v in (double[])[0.5, 0.1, -0.0]) fraction.Append(v);
        column = RoundTrip(fraction, out _);
        Assert.IsType<DoubleArray>(column);
        Assert.Equal([0.5, 0.1, -0.0], Objects(column));
    }

    [Fact]
    public void Text_with_few_values_becomes_a_dictionary_and_other_text_does_not()
    {
        var few = new TextColumnBuilder();
        for (int i = 0; i < 100; i++)
            if (i % 10 == 3) few.AppendNull();
            else few.Append(Encoding.UTF8.GetBytes(i % 2 == 0 ? "even" : "größer als acht"));
        var column = RoundTrip(few, out _);
        Assert.IsType<DictionaryArray>(column);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i % 10 == 3 ? null : i % 2 == 0 ? "even" : "größer als acht"), Objects(column));

        var many = new TextColumnBuilder();
        int count = 3 * TextColumnBuilder.DictionaryLimit;
        for (int i = 0; i < count; i++)
            if (i % 1000 == 7) many.AppendNull();
            else many.Append(Encoding.UTF8.GetBytes($"v{i}"));
        column = RoundTrip(many, out _);
        Assert.IsType<StringArray>(column);
        Assert.Equal(Enumerable.Range(0, count).Select(i => i % 1000 == 7 ? null : $"v{i}"), Objects(column));
    }

    [Fact]
    public void A_builder_used_again_remembers_nothing()
    {
        var builder = new ChunkBuilder([new("n", ColumnType.Int64), new("b", ColumnType.Boolean), new("t", ColumnType.Utf8)]);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                ((Int64ColumnBuilder)builder.Columns[0]).Append(round);
                if (round == 0) builder.Columns[1].AppendNull();
                else ((BooleanColumnBuilder)builder.Columns[1]).Append(i % 3 == 0);
                if (i == round) builder.Columns[2].AppendNull();
                else ((TextColumnBuilder)builder.Columns[2]).Append(Encoding.UTF8.GetBytes($"{round}"));
            }
            using var chunk = builder.Encode(ChunkCompression.Lz4);
            using var batch = ChunkCodec.Decode(chunk.Data.WrittenMemory);
            Assert.Equal(Enumerable.Repeat<object?>((long)round, 10), Objects(batch.Column(0)));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => round == 0 ? (object?)null : i % 3 == 0), Objects(batch.Column(1)));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => i == round ? null : (object?)$"{round}"), Objects(batch.Column(2)));
        }
    }

    [Fact]
    public void Statistics_of_chunks_merge_to_those_of_all_rows()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 5000).Select(_ => random.Next(10) == 0 ? double.NaN : 1e9 + random.NextDouble()).ToArray();
        var merged = default(ColumnStatistics);
        foreach (var part in values.Chunk(777))
        {
            var builder = new Float64ColumnBuilder();
            foreach (double v in part) builder.Append(v);
            RoundTrip(builder, out var statistics);
            merged = merged.Merge(statistics);
        }
        var present = values.Where(v => !double.IsNaN(v)).ToArray();
        double mean = 1e9 + present.Average(v => v - 1e9);
        Assert.Equal(present.Length, merged.Count);
        Assert.Equal(values.Length - present.Length, merged.Missing);
        Assert.Equal(mean, merged.Mean, 1e-6);
        Assert.Equal(Math.Sqrt(present.Average(v => (v - mean) * (v - mean))), merged.StandardDeviation, 1e-9);
        Assert.Equal((present.Min(), present.Max()), (merged.Minimum!.Value, merged.Maximum!.Value));
    }

    [Theory]
    [InlineData(ChunkCompression.None)]
    [InlineData(ChunkCompression.Lz4)]
    public void Lz4_is_applied_only_where_it_shrinks_and_the_plain_Arrow_reader_reads_both(ChunkCompression compression)
    {
        var random = new Random(1);
        var builder = new ChunkBuilder([new("noise", ColumnType.Float64), new("constant", ColumnType.Int64)]);
        for (int i = 0; i < 20_000; i++)
        {
            ((Float64ColumnBuilder)builder.Columns[0]).Append(random.NextDouble());
            ((Int64ColumnBuilder)builder.Columns[1]).Append(1_000_000);
        }
        using var chunk = builder.Encode(compression);
        Assert.InRange(chunk.Data.Length, compression == ChunkCompression.None ? 240_000 : 160_000, compression == ChunkCompression.None
            ? 242_000 : 163_000);

        using var reader = new Apache.Arrow.Ipc.ArrowStreamReader(new MemoryStream(chunk.Data.WrittenMemory.ToArray()),
            new Apache.Arrow.Compression.CompressionCodecFactory());
        using var batch = reader.ReadNextRecordBatch();
        random = new Random(1);
        Assert.All(((DoubleArray)batch.Column(0)).Values.ToArray(), v => Assert.Equal(random.NextDouble(), v));
        Assert.All(((Int32Array)batch.Column(1)).Values.ToArray(), v => Assert.Equal(1_000_000, v));
        Assert.Null(reader.ReadNextRecordBatch());
    }

    static IArrowArray RoundTrip(ColumnBuilder builder, out ColumnStatistics statistics)
    {
        var built = builder.Build();
        statistics = built.Statistics;
        var schema = new Schema([new Field("c", built.Type, true)], null);
        using var stream = ChunkCodec.Encode(new RecordBatch(schema, [built.Array], builder.Count), ChunkCompression.Lz4);
        return ChunkCodec.Decode(stream.WrittenMemory.ToArray()).Column(0);
    }

    static IEnumerable<object?> Objects(IArrowArray array) =>
        Enumerable.Range(0, array.Length).Select(i => ArrowValues.GetObject(array, i));
}
