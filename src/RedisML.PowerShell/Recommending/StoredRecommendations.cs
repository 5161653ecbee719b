using RedisML.Algorithms.MatrixFactorization;

namespace RedisML.PowerShell.Recommending;

/// <summary>What a user is recommended, as a sorted set in Redis.</summary>
public sealed record StoredRecommendations(
    string Model, long Version, string User, string Key, int Count, RecommendationBasis Basis, double TimeToLiveSeconds);
