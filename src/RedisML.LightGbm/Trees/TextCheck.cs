using System.Diagnostics.CodeAnalysis;

namespace RedisML.LightGbm.Trees;

/// <summary>What lies in Redis or in a file is checked before it is used.</summary>
static class TextCheck
{
    /// <exception cref="InvalidDataException">It doesn't hold.</exception>
    public static void Demand([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds) throw new InvalidDataException(otherwise);
    }
}
