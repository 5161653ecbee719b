using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RedisML.Numerics;

/// <summary>Numbers of one width as those of another.</summary>
/// <remarks>Compiled in full at once, as <see cref="Lanes"/> is: an import or a training is often the only one of its process.</remarks>
internal static class Conversion
{
    /// <summary>Each value in the other type, truncated where it doesn't fit.</summary>
    /// <param name="target">Takes the numbers; it is at least as long as <paramref name="source"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Truncate<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target)
        where TFrom : struct, INumberBase<TFrom> where TTo : struct, INumberBase<TTo>
    {
        if (typeof(TFrom) == typeof(TTo)) MemoryMarshal.Cast<TFrom, TTo>(source).CopyTo(target);
        else
            for (int i = 0; i < source.Length; i++)
                target[i] = TTo.CreateTruncating(source[i]);
    }
}
