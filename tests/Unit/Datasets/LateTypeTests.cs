using System.Globalization;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Formats;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>Types that later values show to be too narrow: an import starts again once, or twice, and not once a column.</summary>
public sealed class LateTypeTests(EmbeddedServerFixture embedded) : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Each of 60 columns has one fraction among whole numbers, behind what types are concluded from: all in one row, or each in
    /// a row of its own. Which of those lie in memory together when the first is found depends on the machine.</summary>
    [Theory]
    [InlineData("csv", 12_000, 0, 13_000, 1)]
    [InlineData("csv", 12_000, 200, 25_000, 2)]
    [InlineData("jsonl", 7_000, 0, 8_000, 1)]
    [InlineData("jsonl", 7_000, 10, 8_000, 2)]
    public async Task An_import_starts_again_once_or_twice_however_many_columns_have_a_late_fraction(
        string format, int first, int apart, int rows, int restarts)
    {
        const int Columns = 60;
        await using var connection = await embedded.ConnectAsync();
        // Compressed, only its begin is looked at before.
        var path = _folder.WriteGzip($"a.{format}.gz", format == "csv" ? Csv() : Json());
        var options = new ImportOptions { Dataset = "a" };
        using var files = await SourceFormat.OpenAsync([path], options, Cancellation);
        var source = new CountingSource(files.Source);
        await DatasetImport.RunAsync(connection, source, options, null, Cancellation);
        Assert.InRange(source.Readings, 2, 1 + restarts);
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.All(dataset.Columns, column => Assert.Equal((ColumnType.Float64, (long)rows, 0.5), (column.Type,
            column.Statistics!.Count, column.Statistics.Minimum)));

        string Value(int row, int column) =>
            row == first + column * apart ? "0.5" : (1 + (row + column) % 8).ToString(CultureInfo.InvariantCulture);

        string Csv()
        {
            var text = new StringBuilder(string.Join(',', Enumerable.Range(0, Columns).Select(i => $"c{i}")) + "\n");
            for (int row = 0; row < rows; row++)
                text.AppendJoin(',', Enumerable.Range(0, Columns).Select(column => Value(row, column))).Append('\n');
            return text.ToString();
        }

        string Json()
        {
            var text = new StringBuilder();
            for (int row = 0; row < rows; row++)
                text.Append('{').AppendJoin(',', Enumerable.Range(0, Columns).Select(column => $"\"c{column}\":{Value(row, column)}"))
                    .Append("}\n");
            return text.ToString();
        }
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
