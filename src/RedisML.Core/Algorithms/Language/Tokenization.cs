namespace RedisML.Algorithms.Language;

/// <summary>What a text is cut into.</summary>
public enum Tokenization
{
    /// <summary>Words, numbers and punctuation marks; where a script puts no spaces between words, its characters.</summary>
    Word,

    /// <summary>Characters as a reader counts them: a letter with its accents is one.</summary>
    Character,
}
