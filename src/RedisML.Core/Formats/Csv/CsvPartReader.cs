using RedisML.Errors;

namespace RedisML.Formats.Csv;

/// <summary>Cuts a CSV file at the borders of its records.</summary>
sealed class CsvPartReader(Stream stream, long start, int blockBytes, CsvDialect dialect, string path)
    : PartReader(stream, start, blockBytes)
{
    protected override int LastBorder(ReadOnlySpan<byte> block) => dialect.LastBorder(block);

    protected override RedisMLException TooLong(long offset) => new("RecordTooLong", ErrorKind.LimitsExceeded,
        $"'{path}': the record at byte {offset:N0} is longer than {MaxRecordBytes >> 20} MB. Is a closing quote missing, or is this not " +
        "a CSV file?", path);
}
