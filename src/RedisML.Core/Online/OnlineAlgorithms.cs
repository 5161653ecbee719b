using RedisML.Algorithms.Linear;

namespace RedisML.Online;

/// <summary>The algorithms that can learn a sample at a time.</summary>
public static class OnlineAlgorithms
{
    public static IReadOnlyList<string> Names { get; } = Enum.GetNames<LinearKind>();

    /// <summary>The name as it is spelled.</summary>
    /// <exception cref="Errors.RedisMLException"><c>AlgorithmNotFound</c>.</exception>
    internal static string Checked(string name) =>
        Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw Errors.NearestName.NotFound("AlgorithmNotFound", "algorithm that learns online called", name, Names);
}
