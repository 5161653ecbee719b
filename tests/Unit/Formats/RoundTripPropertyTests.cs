using Apache.Arrow;
using Apache.Arrow.Ipc;
using CsCheck;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Exporting;
using RedisML.Formats.Arrow;
using RedisML.Formats.Objects;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Formats;

/// <summary>Whatever a dataset holds comes back from every format the same in rows, values, nulls and names,
/// or the export refuses it.</summary>
public sealed class RoundTripPropertyTests(EmbeddedServerFixture embedded) : IDisposable
{
    const int Samples = 25;

    static readonly DateTime s_epoch = DateTime.SpecifyKind(DateTime.UnixEpoch, DateTimeKind.Unspecified);

    static readonly Gen<string> s_text = Gen.OneOf(
        Gen.OneOf("", "NA", "-", "null", "a,b", "a;b", "said \"hi\"", " padded ", "two\nlines", "cr\rlf", "007", "1e999", "true",
            "2024-01-01", "\0", "#TYPE x", "sep=;", "−", "😀", "\u00A0"),
        Gen.String[Gen.Char['\u0001', '\u02FF'], 0, 12]);

    /// <summary>A type and what its values are made by.</summary>
    static readonly (ColumnType Type, Gen<object> Values)[] s_types =
    [
        (ColumnType.Int8, Gen.SByte.Select(v => (object)v)), (ColumnType.Int64, Gen.Long.Select(v => (object)v)),
        (ColumnType.UInt16, Gen.UShort.Select(v => (object)v)),
        (ColumnType.UInt64, Gen.ULong.Select(v => (object)v)), (ColumnType.Float32, Gen.Float.Select(v => (object)v)),
        (ColumnType.Float64, Gen.Double.Select(v => (object)v)),
        (ColumnType.Float64, Gen.OneOf(0.0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, 1.5)
            .Select(v => (object)v)),
        (ColumnType.Boolean, Gen.Bool.Select(v => (object)v)), (ColumnType.Utf8, s_text.Select(v => (object)v)),
        (ColumnType.Utf8, s_text.Where(v => v is not ("" or "\0")).Select(v => (object)v)),
        (ColumnType.Decimal128(38, 9), Gen.Long.Select(v => (object)(v / 1_000_000m))),
        (ColumnType.Date32, Gen.Int[1, 3_652_058].Select(v => (object)DateOnly.FromDayNumber(v))),
        (ColumnType.Timestamp(TimestampUnit.Second), Gen.Int.Select(v => (object)s_epoch.AddSeconds(v))),
        (ColumnType.Timestamp(TimestampUnit.Microsecond), Gen.Long[-60_000_000_000_000_000, 250_000_000_000_000_000]
            .Select(v => (object)s_epoch.AddTicks(v * 10))),
        (ColumnType.Timestamp(TimestampUnit.Nanosecond, "UTC"), Gen.Long[-90_000_000_000_000_000, 90_000_000_000_000_000]
            .Select(v => (object)new DateTimeOffset(DateTime.UnixEpoch.Ticks + v, TimeSpan.Zero))),
        (ColumnType.Binary, Gen.Byte.Array[0, 20].Select(v => (object)v)), (ColumnType.Uuid, Gen.Guid.Select(v => (object)v)),
        (ColumnType.List(TypeKind.Int32), Gen.Int.Array[0, 4].Select(v => (object)v)),
        (ColumnType.List(TypeKind.Float64), Gen.Double.Array[0, 4].Select(v => (object)v)),
    ];

    /// <summary>Columns by name, and rows.</summary>
    static readonly Gen<(string[] Names, int[] Types, object?[][] Rows)> s_tables =
        from names in Gen.String[Gen.Char[' ', '~'], 0, 6].Array[1, 4]
        from types in Gen.Int[0, s_types.Length - 1].Array[names.Length]
        from count in Gen.Int[1, 12]
        from columns in types.Aggregate(Gen.Const((object?[][])[]), (made, type) =>
            made.SelectMany(before => Column(type, count).Select(column => (object?[][])[.. before, column])))
        select (names, types, Enumerable.Range(0, count).Select(row => columns.Select(column => column[row]).ToArray()).ToArray());

    /// <summary>Every fourth value is missing.</summary>
    static Gen<object?[]> Column(int type, int count) =>
        Gen.Select(s_types[type].Values, Gen.Int[0, 3]).Select((value, missing) => missing == 0 ? null : (object?)value).Array[count];

    readonly TemporaryFolder _folder = new();
    int _refused, _returned;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    [InlineData("a.jsonl")]
    [InlineData("a.arrow")]
    [InlineData("a.arrows")]
    [InlineData("a.parquet")]
    public async Task What_goes_out_comes_back_or_is_refused(string file)
    {
        await using var connection = await embedded.ConnectAsync();
        await s_tables.SampleAsync(async table =>
        {
            var source = Path.Combine(_folder.Path, "source.arrow");
            Write(source, table.Names, [.. table.Types.Select(t => s_types[t].Type)], table.Rows);
            var first = await ImportAsync(source, "first", new Dictionary<string, ColumnType>());
            var path = Path.Combine(_folder.Path, file);
            try
            {
                await new DatasetExport(connection).RunAsync(first, new() { Path = path }, null, Cancellation);
            }
            catch (RedisMLException e) when (e.ErrorId == "ValueNotInFormat" && file is "a.csv" or "a.tsv" or "a.jsonl")
            {
                _refused++;
                return;
            }
            _returned++;
            var second = await ImportAsync(path, "second", first.Columns.ToDictionary(c => c.Name, c => c.Type));
            Assert.Equal(first.Columns.Select(c => c.Schema), second.Columns.Select(c => c.Schema));
            Assert.Equal(Bits(await connection.RowsAsync("first")), Bits(await connection.RowsAsync("second")));
        }, iter: Samples, threads: 1);
        Assert.True(_returned > _refused / 4, $"{_refused} refused, {_returned} returned");

        async Task<Dataset> ImportAsync(string path, string name, IReadOnlyDictionary<string, ColumnType> schema)
        {
            // A delimiter that is given: one that is found out may be another where there is a single row.
            char? delimiter = path.EndsWith(".csv", StringComparison.Ordinal) ? ',' : path.EndsWith(".tsv", StringComparison.Ordinal) ? '\t'
                : null;
            await DatasetImport.RunAsync(connection, path, new() { Dataset = name, Force = true, Schema = schema, Delimiter = delimiter },
                null, Cancellation);
            return await new DatasetStore(connection).GetAsync(name, null, Cancellation);
        }
    }

    /// <summary>Numbers to the last bit.</summary>
    static IEnumerable<object?[]> Bits(IEnumerable<object?[]> rows) => rows.Select(row => row.Select(value => value switch
    {
        double number => BitConverter.DoubleToInt64Bits(number),
        float number => BitConverter.SingleToInt32Bits(number),
        _ => value,
    }).ToArray());

    static void Write(string path, string[] names, ColumnType[] types, object?[][] rows)
    {
        var schema = new Schema([.. names.Zip(types, (n, t) => ArrowTypes.FieldOf(n, t))], null);
        var builders = types.Select(ColumnBuilder.Create).ToArray();
        foreach (var row in rows)
            for (int i = 0; i < types.Length; i++)
                Assert.True(new ObjectValue(types[i], builders[i]).TryAppend(row[i]), $"{row[i]} as {types[i]}");
        using var file = File.Create(path);
        using var writer = new ArrowFileWriter(file, schema);
        writer.WriteRecordBatch(new RecordBatch(schema,
            types.Zip(builders, (t, b) => FullWidthColumn.Create(t).Widen(b.Build().Array, 0, rows.Length)), rows.Length));
        writer.WriteEnd();
    }
}
