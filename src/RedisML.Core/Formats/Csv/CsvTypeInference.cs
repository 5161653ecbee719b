using System.Text.Unicode;
using CsvHelper;
using RedisML.Columns;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>Infers the types of columns from samples: the narrowest that holds every value seen.</summary>
sealed class CsvTypeInference(CsvDialect dialect, int columns)
{
    const int EdgeSampleBytes = 256 * 1024;

    readonly TypeSample[] _samples = [.. Enumerable.Range(0, columns).Select(_ => new TypeSample())];

    /// <summary>What was seen of each column.</summary>
    public IReadOnlyList<TypeSample> Samples => _samples;

    /// <summary>Looks at whole records. A record of another length than the header says nothing.</summary>
    public void Add(ReadOnlyMemory<byte> records)
    {
        using var reader = CsvReader.Create(records, dialect.ReaderOptions);
        try
        {
            while (reader.Read())
            {
                if (!dialect.HasFields(reader, columns)) continue;
                for (int i = 0; i < columns; i++) Look(_samples[i], reader.GetSpan(i));
            }
        }
        catch (CsvFormatException)
        {
            // The import itself will come to this record, and say where it is.
        }
    }

    /// <remarks>What may stand for a missing value says nothing.</remarks>
    void Look(TypeSample sample, ReadOnlySpan<byte> text)
    {
        if (sample.IsSettled || dialect.IsNull(text)) return;
        if (CsvField.IsPlainly(sample.Type, text, dialect.Culture)) sample.AddAgain();
        else if (!dialect.TakesUsualMissing || !MissingText.IsUsual(text))
        {
            var type = TextValue.TypeOf(text, dialect.Culture);
            sample.Add(type);
            if (type == ColumnType.Utf8 && dialect.Culture is null && NumberCulture.LooksForeign(text)) sample.AddForeign(text);
        }
    }

    /// <summary>Looks into the middle and the end of a file that can be read from anywhere.</summary>
    /// <remarks>Where a sample has quotes, nothing tells whether it starts within a quoted field; then it isn't used.</remarks>
    public async Task AddMiddleAndTailAsync(SourceFile file, CancellationToken cancellation)
    {
        if (file.Compression != FileCompression.None || file.Encoding is not null || file.Rewriter is not null
            || file.Length < 4 * EdgeSampleBytes) return;
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
