namespace RedisML.Features;

/// <summary>A category that training didn't see, in some rows.</summary>
public readonly record struct UnseenLevel(string Column, string Level, long Rows);
