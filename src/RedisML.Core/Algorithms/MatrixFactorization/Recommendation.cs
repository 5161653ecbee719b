namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>An item that is recommended to a user.</summary>
/// <param name="User">Null for what suits anybody.</param>
/// <param name="Position">From 1, the best.</param>
/// <param name="ItemName">The item. PowerShell's arrays have properties <c>Item</c> and <c>Rank</c> of their own,
/// which would hide these.</param>
/// <param name="Score">The rating expected, not held to the range of ratings; of events the preference, about 0 to 1.</param>
public sealed record Recommendation(
    string Model, long Version, string? User, int Position, string ItemName, double Score, RecommendationBasis Basis);

/// <summary>What a recommendation rests on.</summary>
public enum RecommendationBasis
{
    /// <summary>What the user rated, or had to do with.</summary>
    Ratings,

    /// <summary>The items' biases, of events their popularity: nothing is known of the user.</summary>
    Popularity,
}
