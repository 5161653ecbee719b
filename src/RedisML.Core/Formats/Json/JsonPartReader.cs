using RedisML.Errors;

namespace RedisML.Formats.Json;

/// <summary>Cuts a file of JSON Lines at its line breaks.</summary>
sealed class JsonPartReader(Stream stream, int blockBytes, string path) : PartReader(stream, 0, blockBytes)
{
    protected override int LastBorder(ReadOnlySpan<byte> block) => block.LastIndexOf((byte)'\n') + 1;

    protected override RedisMLException TooLong(long offset) =>
        new("RecordTooLong", ErrorKind.LimitsExceeded, $"'{path}' has a line longer than {MaxRecordBytes >> 20} MB.", path);
}
