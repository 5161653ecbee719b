namespace RedisML.Prediction;

/// <summary>Where the text of a value lies within other bytes.</summary>
/// <param name="Length">In bytes; 0 is a missing value, and less a value that the row doesn't have.</param>
public readonly record struct TextPlace(int Start, int Length)
{
    public static TextPlace Absent => new(0, -1);
}
