using System.Buffers.Binary;

namespace RedisML.Online;

/// <summary>Numbers of a state as they lie in Redis: 64 bits each, little-endian, in a fixed order.</summary>
sealed class StateWords
{
    readonly List<long> _words = [];
    int _read;

    public void Add(long word) => _words.Add(word);

    public void Add(double word) => _words.Add(BitConverter.DoubleToInt64Bits(word));

    public long Next() => _read < _words.Count ? _words[_read++] : throw new InvalidDataException("its numbers end early");

    public double NextDouble() => BitConverter.Int64BitsToDouble(Next());

    /// <summary>A number that counts something.</summary>
    public long NextCount() => Next() is >= 0 and var count ? count : throw new InvalidDataException("a count is negative");

    public byte[] ToBytes()
    {
        var bytes = new byte[_words.Count * sizeof(long)];
        for (int i = 0; i < _words.Count; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), _words[i]);
        return bytes;
    }

    public static StateWords Of(ReadOnlySpan<byte> bytes)
    {
        var words = new StateWords();
        for (int i = 0; i + sizeof(long) <= bytes.Length; i += sizeof(long)) words.Add(BinaryPrimitives.ReadInt64LittleEndian(bytes[i..]));
        return words;
    }
}
