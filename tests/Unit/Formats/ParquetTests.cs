using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using ParquetSharp;
using ParquetSharp.Arrow;
using ParquetSharp.Schema;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Columns.Chunks;
using RedisML.Errors;
using RedisML.Formats;
using RedisML.Formats.Arrow;
using RedisML.Parquet;
using RedisML.Unit.Fixtures;
using ArrowTimeUnit = Apache.Arrow.Types.TimeUnit;

namespace RedisML.Unit.Formats;

public sealed class ParquetTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Timestamp(s)")]
    [InlineData("Timestamp(s,UTC)")]
    [InlineData("Timestamp(ms,Europe/Berlin)")]
    [InlineData("Timestamp(us)")]
    [InlineData("Timestamp(ns)")]
    [InlineData("Timestamp(ns,Europe/Berlin)")]
    public async Task Timestamps_keep_unit_zone_and_every_digit(string text)
    {
        Assert.True(ColumnType.TryParse(text, out var type));
        long limit = type.Unit == TimestampUnit.Second ? long.MaxValue / 1000 : long.MaxValue;
        var builder = ColumnBuilder.Create(type);
        var written = Timestamps(type, [1, -1, 1_700_000_000_123_456_789 % limit, limit, -limit, null, 0]);
        using var reader = new ParquetFile(new MemoryStream(await WriteAsync(new("when", type), written, 0, 7)));
        Assert.Equal(type, ArrowTypes.ToColumnType(reader.Schema.GetFieldByIndex(0).DataType));
        builder.AppendRange(Assert.Single(reader.Batches()).Column(0), 0, 7);
        Assert.Equal(written.ToList(true), ((TimestampArray)builder.Build().Array).ToList(true));
    }

    [Fact]
    public async Task A_part_of_a_chunk_is_written_as_it_is()
    {
        var written = Timestamps(ColumnType.Timestamp(TimestampUnit.Nanosecond), [1, 2, null, 4, 5]);
        using var reader = new ParquetFile(
            new MemoryStream(await WriteAsync(new("when", ColumnType.Timestamp(TimestampUnit.Nanosecond)), written, 1, 3)));
        Assert.Equal(written.ToList(true).Skip(1).Take(3), ((TimestampArray)Assert.Single(reader.Batches()).Column(0)).ToList(true));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(TextColumnBuilder.DictionaryLimit)]
    [InlineData(TextColumnBuilder.DictionaryLimit + 1)]
    [InlineData(20_000)]
    public async Task Text_with_a_dictionary_comes_as_codes_and_keeps_its_values(int distinct)
    {
        const int rows = 200_000;
        string?[] values = [.. Enumerable.Range(0, rows).Select(i => i % 7 == 3 ? null : $"value {i * 31L % distinct}")];
        using var reader = new ParquetFile(new MemoryStream(await WriteAsync(new("text", ColumnType.Utf8), Texts(values), 0, rows)));
        var builder = new TextColumnBuilder();
        builder.Append("value 1"u8);
        foreach (var batch in reader.Batches())
        {
            Assert.IsType<DictionaryArray>(batch.Column(0));
            builder.AppendRange(batch.Column(0), 0, 10);
            builder.AppendRange(batch.Column(0), 10, batch.Length - 10);
        }
        var array = builder.Build().Array;
        Assert.Equal(["value 1", .. values], Enumerable.Range(0, array.Length)
            .Select(i => ArrowValues.GetObject(array, i, ColumnType.Utf8)));
    }

    [Fact]
    public async Task Text_that_hardly_repeats_comes_plainly()
    {
        string?[] values = [.. Enumerable.Range(0, 200_000).Select(i => $"a longer value {i}")];
        using var reader =
            new ParquetFile(new MemoryStream(await WriteAsync(new("text", ColumnType.Utf8), Texts(values), 0, values.Length)));
        Assert.All(reader.Batches(), batch => Assert.IsType<StringArray>(batch.Column(0)));
    }

    [Fact]
    public void Row_groups_of_any_size_are_read_in_order_in_batches_of_bounded_size()
    {
        const int rows = 400_000;
        var schema = new Schema([new Field("n", Int32Type.Default, true), new Field("text", StringType.Default, true)], null);
        var file = new MemoryStream();
        using (var writer = new FileWriter(file, schema, leaveOpen: true))
        {
            int next = 0;
            foreach (int size in (int[])[1, 7, 0, 300_000, rows - 300_008])
            {
                var numbers = Enumerable.Range(next, size);
                var batch =
                    new RecordBatch(schema, [new Int32Array.Builder().AppendRange(numbers).Build(),
                    Texts([.. numbers.Select(i => $"group {size}, {i % 3}")])], size);
                writer.WriteRecordBatch(batch);
                next += size;
            }
            writer.Close();
        }
        using var reader = new ParquetFile(file);
        Assert.Equal(rows, reader.Rows);
        var batches = reader.Batches().ToList();
        Assert.All(batches, batch => Assert.InRange(batch.Length, 1, 1 << 17));
        Assert.Equal(Enumerable.Range(0, rows), batches.SelectMany(b => ((Int32Array)b.Column(0)).Values.ToArray()));
        var texts = new TextColumnBuilder();
        foreach (var batch in batches) texts.AppendRange(batch.Column(1), 0, batch.Length);
        var text = texts.Build().Array;
        Assert.Equal(["group 1, 0", "group 7, 1", "group 300000, 2", $"group {rows - 300_008}, 0"],
            ((int[])[0, 1, 8, rows - 1]).Select(i => (string)ArrowValues.GetObject(text, i, ColumnType.Utf8)!));
    }

    [Fact]
    public void Timestamps_of_96_bits_are_read_as_nanoseconds_and_refused_where_those_do_not_fit()
    {
        var time = new DateTime(2024, 2, 29, 13, 14, 15).AddTicks(1234567);
        using var reader = new ParquetFile(Int96File(time, new DateTime(1700, 1, 1)));
        Assert.Equal(ColumnType.Timestamp(TimestampUnit.Nanosecond), ArrowTypes.ToColumnType(reader.Schema.GetFieldByIndex(0).DataType));
        var array = (TimestampArray)Assert.Single(reader.Batches()).Column(0);
        Assert.Equal(((time - DateTime.UnixEpoch).Ticks * 100, (new DateTime(1700, 1, 1) - DateTime.UnixEpoch).Ticks * 100),
            (array.Values[0], array.Values[1]));

        using var far = new ParquetFile(Int96File(time, new DateTime(9999, 12, 31)));
        Assert.Contains("column 'when'", Assert.Throws<InvalidDataException>(() => far.Batches().Count()).Message);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_is_refused_by_its_columns_name()
    {
        foreach (int times in (int[])[1, 1000])
        {
            byte[] bytes = [.. Enumerable.Repeat<byte[]>([(byte)'a', 0xFF], times).SelectMany(b => b)];
            int[] offsets = [.. Enumerable.Range(0, times + 1).Select(i => 2 * i)];
            var text = new StringArray(times, new ArrowBuffer(MemoryMarshal.AsBytes<int>(offsets).ToArray()), new ArrowBuffer(bytes),
                ArrowBuffer.Empty);
            using var reader = new ParquetFile(new MemoryStream(await WriteAsync(new("name", ColumnType.Utf8), text, 0, times)));
            Assert.Contains("column 'name'", Assert.Throws<InvalidDataException>(() => reader.Batches().Count()).Message);
        }
    }

    [Fact]
    public async Task A_type_that_datasets_do_not_have_is_an_error_that_names_the_column()
    {
        var time = new Time32Type(ArrowTimeUnit.Millisecond);
        var schema = new Schema([new Field("n", Int32Type.Default, true), new Field("clock", time, true)], null);
        var file = new MemoryStream();
        using (var writer = new FileWriter(file, schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(
                new(schema, [new Int32Array.Builder().Append(1).Build(), new Time32Array.Builder(time).Append(5).Build()], 1));
            writer.Close();
        }
        var source = new FileFormatSource(SourceFile.Open(_folder.Write("a.parquet", file.ToArray())), new ParquetFormat());
        foreach (var given in (Dictionary<string, ColumnType>[])[[], new() { ["clock"] = ColumnType.Utf8 }])
        {
            var error = await Assert.ThrowsAsync<RedisMLException>(() => source.ReadColumnsAsync(given, Cancellation));
            Assert.Equal(("UnsupportedColumnType", "clock"), (error.ErrorId, error.Target));
        }
    }

    /// <remarks>A fault in the native reader would end the process, and these tests with it.</remarks>
    [Fact]
    public async Task Damage_anywhere_is_an_error_that_says_so_and_never_wrong_rows()
    {
        string?[] values = [.. Enumerable.Range(0, 3000).Select(i => i % 11 == 0 ? null : $"v{i % 50}")];
        var good = await WriteAsync(new("text", ColumnType.Utf8), Texts(values), 0, values.Length);
        var random = new Random(1);
        for (int round = 0; round < 600; round++)
        {
            byte[] bytes = round % 3 == 0 ? good[..random.Next(good.Length)] : [.. good];
            if (round % 3 > 0)
            {
                for (int flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }
            try
            {
                using var reader = new ParquetFile(new MemoryStream(bytes));
                var builder = new TextColumnBuilder();
                foreach (var batch in reader.Batches())
                    using (batch) builder.AppendRange(batch.Column(0), 0, batch.Length);
                var array = builder.Build().Array;
                Assert.Equal(values, Enumerable.Range(0, array.Length).Select(i => ArrowValues.GetObject(array, i, ColumnType.Utf8)));
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    /// <remarks>Values may be wrong then, but nothing reads beyond its memory.</remarks>
    [Fact]
    public void Damage_to_a_file_without_checksums_is_an_error_or_other_values()
    {
        var schema = new Schema([new Field("n", Int32Type.Default, true), new Field("text", StringType.Default, true)], null);
        var file = new MemoryStream();
        using (var writer = new FileWriter(file, schema, leaveOpen: true))
        {
            var numbers = Enumerable.Range(0, 3000);
            writer.WriteRecordBatch(
                new(schema, [new Int32Array.Builder().AppendRange(numbers).Build(),
                Texts([.. numbers.Select(i => i % 3 == 0 ? null : $"v{i * i % 50}")])], 3000));
            writer.Close();
        }
        var random = new Random(1);
        int damaged = 0;
        for (int round = 0; round < 1000; round++)
        {
            byte[] bytes = file.ToArray();
            for (int flips = random.Next(1, 30); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                using var reader = new ParquetFile(new MemoryStream(bytes));
                foreach (var batch in reader.Batches())
                    using (batch)
                    {
                        // As the source does with what any reader gives.
                        BatchCheck.Demand(batch);
                        foreach (var array in batch.Arrays)
                            if (ArrowTypes.ToColumnType(array.Data.DataType) is { } type)
                                ColumnBuilder.Create(type).AppendRange(array, 0, array.Length);
                    }
            }
            catch (InvalidDataException)
            {
                damaged++;
            }
        }
        Assert.InRange(damaged, 500, 1000);
    }

    [Fact]
    public void A_platform_without_the_native_library_gets_an_error_of_its_own()
    {
        var error = Assert.Throws<RedisMLException>(() => ParquetLibrary.Read<int>(() => throw new DllNotFoundException()));
        Assert.Equal("ParquetUnavailable", error.ErrorId);
        error = Assert.Throws<RedisMLException>(() => ParquetLibrary.Write<int>(() => throw new BadImageFormatException()));
        Assert.Equal("ParquetUnavailable", error.ErrorId);
    }

    static async Task<byte[]> WriteAsync(ColumnSchema column, IArrowArray array, int start, int count)
    {
        var file = new MemoryStream();
        await using (var writer = new FileFormatWriter(new ParquetFormat(), file, [column]))
        {
            await writer.WriteAsync([array], start, count, Cancellation);
            await writer.EndAsync(Cancellation);
        }
        return file.ToArray();
    }

    static StringArray Texts(string?[] values)
    {
        var builder = new StringArray.Builder();
        foreach (var value in values) builder.Append(value);
        return builder.Build();
    }

    static TimestampArray Timestamps(ColumnType type, long?[] values)
    {
        long[] numbers = [.. values.Select(v => v ?? 0)];
        byte present = 0;
        for (int i = 0; i < values.Length; i++) present |= (byte)(values[i] is null ? 0 : 1 << i);
        return (TimestampArray)ArrowArrayFactory.BuildArray(
            new ArrayData(ArrowTypes.Of(type), values.Length, values.Count(v => v is null), 0,
            [new ArrowBuffer(new[] { present }), new ArrowBuffer(MemoryMarshal.AsBytes<long>(numbers).ToArray())]));
    }

    /// <summary>As Impala writes them: nanoseconds of the day, and the Julian day.</summary>
    static MemoryStream Int96File(params DateTime[] times)
    {
        const int julianDayOf1970 = 2_440_588;
        var file = new MemoryStream();
        using var none = LogicalType.None();
        using var column = new PrimitiveNode("when", Repetition.Required, none, PhysicalType.Int96);
        using var schema = new GroupNode("schema", Repetition.Required, [column]);
        using var properties = WriterProperties.GetDefaultWriterProperties();
        using (var writer = new ParquetFileWriter(file, schema, properties, leaveOpen: true))
        {
            using var group = writer.AppendRowGroup();
            using var values = (ColumnWriter<Int96>)group.NextColumn();
            values.WriteBatch([.. times.Select(time =>
            {
                long nanoseconds = time.TimeOfDay.Ticks * 100;
                return new Int96((int)nanoseconds, (int)(nanoseconds >> 32), julianDayOf1970 + (time.Date - DateTime.UnixEpoch).Days);
            })]);
            values.Close();
            group.Close();
            writer.Close();
        }
        return file;
    }
}
