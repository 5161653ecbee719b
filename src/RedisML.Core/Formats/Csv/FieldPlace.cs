using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RedisML.Formats.Csv;

/// <summary>Where a short field stands in its block.</summary>
/// <param name="Start">From the start of the block; that of <see cref="Kept"/> for a value that the column's field keeps.</param>
/// <param name="Length">The length of the field in bytes, up to <see cref="MaxLength"/>.</param>
readonly record struct FieldPlace(int Start, int Length)
{
    public const int MaxLength = sizeof(ulong);

    public static FieldPlace Kept => new(-1, 0);

    /// <summary>The place of <paramref name="field"/>; false where it is longer, or stands elsewhere,
    /// as a field does whose quotes had to be taken out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFind(ReadOnlySpan<byte> block, ReadOnlySpan<byte> field, out FieldPlace place)
    {
        nint start = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(block), ref MemoryMarshal.GetReference(field));
        place = new((int)start, field.Length);
        return field.Length <= MaxLength && (nuint)start <= (nuint)(block.Length - field.Length);
    }

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> block) => block.Slice(Start, Length);
}
