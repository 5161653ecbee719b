using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

/// <summary>The fields of the state of a language model.</summary>
static class LanguageModelField
{
    internal static readonly RedisValue Id = "id";
    internal static readonly RedisValue Order = "order";
    internal static readonly RedisValue Tokenizer = "tokenizer";
    internal static readonly RedisValue MaximumContext = "maximumContext";
    internal static readonly RedisValue Texts = "texts";
    internal static readonly RedisValue Tokens = "tokens";

    /// <summary>N-grams of a level that were seen once: <c>ones:2</c>.</summary>
    internal const string OnesPrefix = "ones:";

    /// <summary>N-grams of a level that were seen twice.</summary>
    internal const string TwosPrefix = "twos:";

    /// <summary>How many tokens of a source are learned.</summary>
    internal const string SourcePrefix = "source:";
}
