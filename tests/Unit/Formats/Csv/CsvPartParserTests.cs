using System.Text;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Formats;
using RedisML.Formats.Csv;

namespace RedisML.Unit.Formats.Csv;

/// <summary>The parser and the sieve are of one mind: a row that the one refuses the other finds, or it would be lost.</summary>
public sealed class CsvPartParserTests
{
    static readonly string[] s_texts =
    [
        "1", "-1", "+1", "01", "1.5", "1.", ".5", "-.5", "-", ".", "1e5", "1E+3", "1e", "NaN", "nan", "-NaN", "+nan", "Infinity", "-inf",
        "inf", "∞",
        " 1", "1 ", "\t1", "1\t", "\u00A01", "1\u00A0", "1\0", "1,5", "1,000", "(5)", "$5", "1_0", "0x1F", "1d", "1/2", "--1", "1-", "٣",
        "−1",
        "123456789", "0.12345678901234567", "-1.7976931348623159e308", "1e400", "+Infinity", "12345678901234567890", "1,234,567.5",
        "          1", "\"\"\"5\"\"\"", "\"7\"", "\"12345678.5\"", "text", "a longer text",
    ];

    [Theory]
    [InlineData(TypeKind.Int64, true)]
    [InlineData(TypeKind.Int64, false)]
    [InlineData(TypeKind.Float64, true)]
    public void A_row_that_does_not_fit_is_found_by_the_sieve(TypeKind kind, bool inferred)
    {
        var dialect = new CsvDialect(';', (byte)'\n', []);
        SourceColumn[] columns =
            [new("a", kind == TypeKind.Int64 ? ColumnType.Int64 : ColumnType.Float64, inferred), new("b", ColumnType.Utf8, true)];
        foreach (var text in s_texts)
        {
            // Rows before it, so that it isn't left out of the vectors as the first are, and behind it.
            var block = Encoding.UTF8.GetBytes($"1;x\n2;x\n3;x\n4;x\n5;x\n{text};x\n7;x\n8;x\n9;x\n10;x\n");
            var parsed = new CsvPartParser(dialect, columns, ChunkCompression.None).Parse(block);
            using var chunk = parsed.Chunk;
            var bad = new CsvSieve(dialect, columns).Sift(block).BadRows;
            Assert.True(parsed.Fits == (bad.Count == 0),
                $"'{text}' as {kind}: the parser says {parsed.Fits}, the sieve finds {bad.Count} bad rows");
            Assert.Equal(parsed.Fits ? 10 : null, chunk?.Rows);
        }
    }
}
