namespace RedisML.Formats.Json;

/// <summary>The numbers that JSON lacks, as Python and others write them all the same: <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.
/// </summary>
static class JsonConstants
{
    /// <summary>Whether some text may have one, which is cheap to tell of a whole block.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> text) => text.IndexOf("NaN"u8) >= 0 || text.IndexOf("Infinity"u8) >= 0;

    /// <summary>A line whose values are put in quotes, as an export of infinities has them; the line itself where it has none.</summary>
    /// <param name="quotesNaN">Whether a NaN is to be judged as text, as one that stands for a missing value; else it is null, as it is in
    /// a list. An infinity in a list stays, and makes the line a bad row.</param>
    public static ReadOnlySpan<byte> Quoted(ReadOnlySpan<byte> line, bool quotesNaN)
    {
        List<byte>? quoted = null;
        int depth = 0, copied = 0;
        for (int at = 0; at < line.Length; at++)
        {
            byte c = line[at];
            if (c == '"') at = EndOfText(line, at);
            else if (c is (byte)'{' or (byte)'[') depth++;
            else if (c is (byte)'}' or (byte)']') depth--;
            else if (c is (byte)'N' or (byte)'I' or (byte)'-' && ConstantAt(line[at..]) is { Length: > 0 } word && (depth == 1 || c == 'N'))
            {
                (quoted ??= new(line.Length + 16)).AddRange(line[copied..at]);
                if (c == 'N' && (depth > 1 || !quotesNaN)) quoted.AddRange("null"u8);
                else quoted.AddRange([(byte)'"', .. word, (byte)'"']);
                copied = at + word.Length;
                at = copied - 1;
            }
        }
        if (quoted is null) return line;
        quoted.AddRange(line[copied..]);
        return quoted.ToArray();
    }

    static ReadOnlySpan<byte> ConstantAt(ReadOnlySpan<byte> text) => text.StartsWith("NaN"u8) ? "NaN"u8
        : text.StartsWith("Infinity"u8) ? "Infinity"u8 : text.StartsWith("-Infinity"u8) ? "-Infinity"u8 : default;

    /// <summary>Where the closing quote stands, or the line's end.</summary>
    static int EndOfText(ReadOnlySpan<byte> line, int at)
    {
        for (at++; at < line.Length && line[at] != '"'; at++)
            if (line[at] == '\\') at++;
        return at;
    }
}
