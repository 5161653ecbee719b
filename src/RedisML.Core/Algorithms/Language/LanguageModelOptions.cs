using System.Text.Json.Nodes;
using RedisML.Errors;

namespace RedisML.Algorithms.Language;

/// <summary>What a language model is; said when the first text is added, and never changed.</summary>
public sealed record LanguageModelOptions
{
    public const int MaxOrder = 12;

    /// <summary>Tokens that are counted together, from 1: a token and those before it.</summary>
    public int Order { get; init; } = 3;

    public Tokenization Tokenization { get; init; }

    /// <summary>The most contexts that are kept; null for all. The rarest go, of equally rare ones the oldest.</summary>
    public int? MaximumContext { get; init; }

    /// <summary>In words, for the model's description.</summary>
    public override string ToString() => $"{(Tokenization == Tokenization.Word ? "words" : "characters")}, order {Order}"
        + (MaximumContext is { } most ? FormattableString.Invariant($", at most {most:N0} contexts") : "");

    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["order"] = Order, ["tokenizer"] = Tokenization.ToString() };
        if (MaximumContext is { } most) json["maximumContext"] = most;
        return json;
    }

    /// <exception cref="RedisMLException"><c>InvalidLanguageModelOption</c>.</exception>
    internal void Check()
    {
        if (Order is < 1 or > MaxOrder) throw Invalid($"the order is {Order}, and may be 1 to {MaxOrder}", Order);
        if (MaximumContext is < 1) throw Invalid($"the most contexts are {MaximumContext}, and may be 1 or more", MaximumContext);
        if (!Enum.IsDefined(Tokenization)) throw Invalid($"there is no tokenizer {Tokenization}", Tokenization);
    }

    static RedisMLException Invalid(string why, object? target) =>
        new("InvalidLanguageModelOption", ErrorKind.InvalidArgument, $"There can't be such a language model: {why}.", target);
}
