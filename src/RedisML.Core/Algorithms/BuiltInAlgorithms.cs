using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using RedisML.Algorithms.Language;
using RedisML.Algorithms.Linear;
using RedisML.Algorithms.Network;
using RedisML.Algorithms.MatrixFactorization;
using RedisML.Algorithms.Script;
using RedisML.Prediction;

namespace RedisML.Algorithms;

/// <summary>The algorithms that Core brings: an algorithm's folder is known to nobody but this list.</summary>
internal static class BuiltInAlgorithms
{
    // What is done with any algorithm lies below the algorithms and can't name them: so they are added when the assembly is loaded.
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The registration has to be there before the first look-up, whoever makes it.")]
    internal static void Add()
    {
        foreach (var kind in Enum.GetValues<LinearKind>()) ModelFamilies.Add(new LinearFamily(kind));
        ModelFamilies.Add(new ScriptAlgorithm());
        ModelFamilies.Add(new NetworkAlgorithm());
        ModelFamilies.Add(new LanguageFamily());
        ModelFamilies.Add(new FactorizationAlgorithm());
    }
}
