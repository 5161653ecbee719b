using System.Globalization;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Datasets;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Formats;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>Types that later values show to be too narrow: an import starts again once, however many they are.</summary>
public sealed class LateTypeTests(EmbeddedServerFixture embedded) : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Fifty columns change their type, each in a row of its own and some twice, behind what types are concluded from.</summary>
    [Theory]
    [InlineData("csv", 9_000, 1)]
    [InlineData("csv", 9_000, 2)]
    [InlineData("jsonl", 3_000, 1)]
    [InlineData("jsonl", 3_000, 2)]
    [InlineData("json", 3_000, 1)]
    public async Task An_import_starts_again_once_however_many_columns_change_their_type_and_however_often(
        string format, int first, int files)
    {
        const int Columns = 50, Step = 40;
        int rows = first + (Columns + 8) * Step;
        await using var connection = await embedded.ConnectAsync();
        var log = new Restarts();
        using (WorkLog.Use(log))
            await DatasetImport.RunAsync(connection, [.. Enumerable.Range(0, files).Select(Write)], new() { Dataset = "a" }, null,
                Cancellation);
        Assert.Equal(1, log.Count);
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.All(dataset.Columns.Index(), column => Assert.Equal(TypeOf(column.Index), column.Item.Type));
        var read = await connection.RowsAsync("a");
        Assert.Equal(files * rows, read.Count);
        for (int row = 0; row < read.Count; row++)
            for (int column = 0; column < Columns; column++)
                if (!Equals(Expected(row, column), read[row][column]))
                    Assert.Fail($"row {row}, column {column}: {read[row][column]} instead of {Expected(row, column)}");

        // Compressed, only its begin is looked at before.
        string Write(int file) => _folder.WriteGzip($"{file}.{format}.gz", format switch
        {
            "csv" => $"{string.Join(',', Names())}\n{Lines(file, row => string.Join(',', Row(row)))}",
            "jsonl" => Lines(file, Object),
            _ => $"[{Lines(file, row => (row % rows == 0 ? "" : ",") + Object(row))}]",
        });

        IEnumerable<string> Names() => Enumerable.Range(0, Columns).Select(i => $"c{i}");

        IEnumerable<string?> Row(int row) => Enumerable.Range(0, Columns).Select(column => Value(row, column));

        string Lines(int file, Func<int, string> line) =>
            string.Concat(Enumerable.Range(file * rows, rows).Select(row => line(row) + "\n"));

        string Object(int row) => $"{{{string.Join(',', Row(row).Zip(Names(), (value, name) => $"\"{name}\":{Json(value)}"))}}}";

        static string Json(string? value) => value is null ? "null" : value == "NA" || value.StartsWith('0') && !value.Contains('.')
            || value.Contains('-') ? $"\"{value}\"" : value;

        // Of the last file, so that the first of two shows it to be too narrow by nothing.
        string? Value(int row, int column)
        {
            int late = row - (files - 1) * rows - first - column * Step;
            return (column % 6) switch
            {
                0 => late == 0 ? "0.5" : "7",
                1 => late == 0 ? "0.5" : late == 7 * Step ? "00042" : "8",
                2 => late < 0 ? null : late == 1 ? "0.25" : "3",
                3 => late == 0 ? "2024-05-06T07:08:09" : "2024-05-06",
                4 => "NA",
                // An integer that no floating-point number is, long before.
                _ => row == 1 ? "9007199254740993" : late == 0 ? "0.5" : "9",
            };
        }

        static ColumnType TypeOf(int column) => (column % 6) switch
        {
            0 or 2 => ColumnType.Float64,
            3 => ColumnType.Timestamp(TimestampUnit.Microsecond),
            _ => ColumnType.Utf8,
        };

        object? Expected(int row, int column) => Value(row, column) is not { } value ? null : TypeOf(column).Kind switch
        {
            TypeKind.Float64 => double.Parse(value, CultureInfo.InvariantCulture),
            TypeKind.Timestamp => DateTime.Parse(value, CultureInfo.InvariantCulture),
            _ => value,
        };
    }

    /// <summary>What nobody has to start again for: the types of what was looked at first.</summary>
    [Fact]
    public async Task A_file_without_late_types_is_read_once()
    {
        await using var connection = await embedded.ConnectAsync();
        var options = new ImportOptions { Dataset = "a" };
        using var files = await SourceFormat.OpenAsync(
            [_folder.WriteGzip("a.csv.gz", "n,t\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},x\n")))], options,
            Cancellation);
        var source = new CountingSource(files.Source);
        await DatasetImport.RunAsync(connection, source, options, null, Cancellation);
        Assert.Equal(1, source.Readings);
    }

    /// <summary>Reading for types alone finds what is wider, and a row that is bad all the same stays bad.</summary>
    [Fact]
    public async Task A_row_that_is_bad_behind_a_late_type_is_rejected_once()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.WriteGzip("a.csv.gz", "n,m\n" + string.Concat(Enumerable.Range(0, 400_000)
            .Select(i => i == 300_000 ? "0.5,1\n" : i is 290_000 or 390_000 ? "x,1\n" : i == 395_000 ? "1,0.5\n" : "1,1\n")));
        var log = new Restarts();
        using (WorkLog.Use(log))
        {
            var result = await DatasetImport.RunAsync(connection, path,
                new() { Dataset = "a", BadRow = BadRowPolicy.Skip }, null, Cancellation);
            Assert.Equal((400_000, 399_998), (result.RowsRead, result.RowsWritten));
        }
        Assert.Equal(1, log.Count);
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.All(dataset.Columns, column => Assert.Equal(ColumnType.Float64, column.Type));
    }

    /// <summary>Names that are data: as columns they would take a thousand times the file.</summary>
    [Fact]
    public async Task Names_that_few_objects_have_are_an_error_that_says_so()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{{\"k{i}\":1}}\n")));
        var error = await Assert.ThrowsAsync<RedisMLException>(
            () => DatasetImport.RunAsync(connection, path, new() { Dataset = "a" }, null, Cancellation));
        Assert.Equal("TooManyNames", error.ErrorId);
        Assert.Contains("20,000 names", error.Message);
        // As rare as they like, a thousand are columns.
        path = _folder.Write("b.jsonl", string.Concat(Enumerable.Range(0, 1000).Select(i => $"{{\"k{i}\":1}}\n")));
        Assert.Equal(1000, (await DatasetImport.RunAsync(connection, path, new() { Dataset = "b" }, null, Cancellation)).RowsWritten);
    }

    /// <summary>Counts how often an import says that it starts again.</summary>
    sealed class Restarts : IWorkLog
    {
        int _count;

        public int Count => _count;

        public bool TakesSteps => true;

        public bool TakesCommands => false;

        public void Step(string text)
        {
            if (text.StartsWith("It starts again", StringComparison.Ordinal)) Interlocked.Increment(ref _count);
        }

        public void Command(string text)
        {
        }
    }

    /// <summary>A source that counts how often it is read.</summary>
    sealed class CountingSource(RowSource source) : RowSource
    {
        public int Readings { get; private set; }

        public override string Name => source.Name;

        public override long? Length => source.Length;

        public override long Position => source.Position;

        public override Task<ulong?> HashAsync(CancellationToken cancellation) => source.HashAsync(cancellation);

        public override Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(
            IReadOnlyDictionary<string, ColumnType> given, CancellationToken cancellation) => source.ReadColumnsAsync(given, cancellation);

        public override IAsyncEnumerable<RowPart> ReadAsync(
            IReadOnlyList<SourceColumn> columns, ChunkCompression compression, CancellationToken cancellation)
        {
            Readings++;
            return source.ReadAsync(columns, compression, cancellation);
        }

        public override ColumnType? Widened(SourceColumn column, BadRow bad) => source.Widened(column, bad);
    }
}
