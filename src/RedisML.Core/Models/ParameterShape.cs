namespace RedisML.Models;

/// <summary>A parameter's name and the length of each of its dimensions.</summary>
/// <param name="Shape">Empty for a number.</param>
public sealed record ParameterShape(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>How many numbers it has.</summary>
    public int Count() => Shape.Aggregate(1, (count, length) => checked(count * length));
}
