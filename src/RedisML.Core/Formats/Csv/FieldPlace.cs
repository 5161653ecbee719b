using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RedisML.Formats.Csv;

/// <summary>Where a short field stands in its block: start and length in 32 bits, as a parser has thousands of them at once.</summary>
readonly record struct FieldPlace
{
    public const int MaxLength = sizeof(ulong);

    const int LengthBits = 4;

    readonly int _packed;

    /// <param name="start">From the start of the block, of less than 128 MB; that of <see cref="Kept"/> for a value that the column's field keeps.</param>
    /// <param name="length">In bytes, up to <see cref="MaxLength"/>.</param>
    public FieldPlace(int start, int length) => _packed = start << LengthBits | length;

    public static FieldPlace Kept => new(-1, 0);

    public int Start => _packed >> LengthBits;

    public int Length => _packed & (1 << LengthBits) - 1;

    /// <summary>The place of <paramref name="field"/>; false where it is longer, or stands elsewhere, as a field does whose quotes had to be taken out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFind(ReadOnlySpan<byte> block, ReadOnlySpan<byte> field, out FieldPlace place)
    {
        nint start = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(block), ref MemoryMarshal.GetReference(field));
        place = new((int)start, field.Length);
        return field.Length <= MaxLength && (nuint)start <= (nuint)(block.Length - field.Length);
    }

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> block) => block.Slice(Start, Length);
}
