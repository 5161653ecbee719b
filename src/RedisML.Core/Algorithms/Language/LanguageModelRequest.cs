using RedisML.Errors;

namespace RedisML.Algorithms.Language;

/// <summary>What somebody who adds text wants of the model; null for whatever it is.</summary>
public sealed record LanguageModelRequest(int? Order = null, Tokenization? Tokenization = null, int? MaximumContext = null)
{
    internal LanguageModelOptions ForNew()
    {
        var usual = new LanguageModelOptions();
        return usual with
        {
            Order = Order ?? usual.Order,
            Tokenization = Tokenization ?? usual.Tokenization,
            MaximumContext = MaximumContext,
        };
    }

    /// <exception cref="RedisMLException"><c>LanguageModelOptionMismatch</c>.</exception>
    internal void Check(LanguageModel model)
    {
        var there = model.Options;
        var asked = this with
        {
            Order = Order ?? there.Order,
            Tokenization = Tokenization ?? there.Tokenization,
            MaximumContext = MaximumContext ?? there.MaximumContext,
        };
        if (asked != new LanguageModelRequest(there.Order, there.Tokenization, there.MaximumContext))
            throw new RedisMLException("LanguageModelOptionMismatch", ErrorKind.InvalidArgument,
                $"Model '{model.Name}' was made as {there}, and stays so; {asked.ForNew()} would be another model. Take another name, or "
                + "leave these options out.", model.Name);
    }
}
