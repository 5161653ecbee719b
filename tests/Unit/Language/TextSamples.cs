namespace RedisML.Unit.Language;

/// <summary>Texts that no one wrote: words by a seeded walk, frequent and rare ones, in several scripts.</summary>
static class TextSamples
{
    static readonly string[] s_words =
    [
        "the", "a", "ship", "sea", "sails", "over", "under", "don't", "naïve", "3.14", "море", "плывёт", "海", "船", "שלום", "สวัสดี",
        "👩‍🚀", ",", ".",
    ];

    /// <summary>Lines of 0 to 24 words, each word depending on the one before.</summary>
    public static List<string> Lines(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int at = random.Next(s_words.Length);
            return string.Join(' ', Enumerable.Range(0, random.Next(25)).Select(_ =>
            {
                at = random.Next(3) > 0 ? (at * 7 + 3) % s_words.Length : random.Next(1 + random.Next(s_words.Length));
                return random.Next(12) == 0 ? $"w{random.Next(200)}" : s_words[at];
            }));
        })];
    }
}
