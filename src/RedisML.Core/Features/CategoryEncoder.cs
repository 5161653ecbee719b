using System.Runtime.CompilerServices;
using System.Text;

namespace RedisML.Features;

/// <summary>Translates the codes of a chunk's column into positions of an encoded row.</summary>
/// <param name="levels">The levels, in order.</param>
/// <param name="offset">The position of the first.</param>
/// <param name="missing">The position of a missing value, or <see cref="None"/>.</param>
internal sealed class CategoryEncoder(IReadOnlyList<string> levels, int offset = 0, int missing = CategoryEncoder.None)
{
    /// <summary>No position: an unseen level, or a missing value that is no level.</summary>
    public const int None = -1;

    readonly int _offset = offset;
    readonly Dictionary<string, int> _positions =
        levels.Index().ToDictionary(level => level.Item, level => offset + level.Index, StringComparer.Ordinal);

    /// <summary>How many bits of a level's hash say its position; null where the levels are listed.</summary>
    int? Bits { get; init; }

    /// <summary>The encoder of a <see cref="HashedFeature"/>.</summary>
    /// <param name="offset">Its first position.</param>
    public static CategoryEncoder Hashed(int bits, int offset) => new([], offset) { Bits = bits };

    /// <summary>The position of each of a chunk's levels.</summary>
    /// <param name="map">Memory to be used again, where it is as long as it has to be.</param>
    public int[] Map(IReadOnlyList<string> chunkLevels, int[]? map = null)
    {
        if (map?.Length != chunkLevels.Count) map = new int[chunkLevels.Count];
        for (int code = 0; code < map.Length; code++)
        {
            map[code] = Bits is { } bits ? _offset + HashedFeature.PositionOf(Encoding.UTF8.GetBytes(chunkLevels[code]), bits)
                : _positions.GetValueOrDefault(chunkLevels[code], None);
        }
        return map;
    }

    /// <summary>Translates codes by a map of <see cref="Map"/>, in place where wanted.</summary>
    /// <returns>The number of unseen levels.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Encode(ReadOnlySpan<int> codes, ReadOnlySpan<int> map, Span<int> positions)
    {
        int unseen = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            int code = codes[i];
            int position = code < 0 ? missing : map[code];
            if (code >= 0 && position == None) unseen++;
            positions[i] = position;
        }
        return unseen;
    }
}
