using System.Text.Unicode;
using CsvHelper;
using RedisML.Columns;

namespace RedisML.Formats.Csv;

/// <summary>Infers the types of columns from samples: the narrowest that holds every value seen.</summary>
sealed class CsvTypeInference(CsvDialect dialect, int columns)
{
    const int EdgeSampleBytes = 256 * 1024;

    readonly ColumnType?[] _types = new ColumnType?[columns];

    /// <summary>One a column; null where every value was missing.</summary>
    public IReadOnlyList<ColumnType?> Types => _types;

    /// <summary>Looks at whole records. A record of another length than the header says nothing.</summary>
    public void Add(ReadOnlyMemory<byte> records)
    {
        using var reader = CsvReader.Create(records, dialect.ReaderOptions);
        try
        {
            while (reader.Read())
            {
                if (reader.FieldCount != columns) continue;
                for (int i = 0; i < columns; i++)
                    if (_types[i] != ColumnType.Utf8 && reader.GetSpan(i) is var text && !dialect.IsNull(text) && !CsvField.IsPlainly(_types[i], text, dialect.Culture))
                        _types[i] = ColumnType.Union(_types[i], CsvField.TypeOf(reader, i, dialect.Culture));
            }
        }
        catch (CsvFormatException)
        {
            // The import itself will come to this record, and say where it is.
        }
    }

    /// <summary>Looks into the middle and the end of a file that can be read from anywhere.</summary>
    /// <remarks>Where a sample has quotes, nothing tells whether it starts within a quoted field; then it isn't used.</remarks>
    public async Task AddMiddleAndTailAsync(SourceFile file, CancellationToken cancellation)
    {
        if (file.Compression != FileCompression.None || file.Encoding is not null || file.Length < 4 * EdgeSampleBytes) return;
        using var content = file.OpenContent();
        foreach (long position in (long[])[file.Length / 2, file.Length - EdgeSampleBytes])
        {
            content.Stream.Position = position;
            var bytes = new byte[EdgeSampleBytes];
            await content.Stream.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
            int first = bytes.AsSpan().IndexOf(dialect.LineBreak) + 1, end = bytes.AsSpan().LastIndexOf(dialect.LineBreak) + 1;
            if (first >= end || bytes.AsSpan(first..end).Contains((byte)'"') || !Utf8.IsValid(bytes.AsSpan(first..end))) continue;
            Add(bytes.AsMemory(first..end));
        }
    }
}
