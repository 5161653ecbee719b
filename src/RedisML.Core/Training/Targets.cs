using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>What the rows of a block are to be predicted as, and how much each counts.</summary>
/// <param name="labels">One a row: the number, or the index of the class.</param>
/// <param name="weights">One a row; empty where each counts 1.</param>
public readonly ref struct Targets(ReadOnlySpan<double> labels, ReadOnlySpan<double> weights)
{
    public ReadOnlySpan<double> Labels { get; } = labels;

    public ReadOnlySpan<double> Weights { get; } = weights;

    public double TotalWeight => Weights.IsEmpty ? Labels.Length : Lanes.Sum(Weights);

    /// <summary>Multiplies each row's value by its weight.</summary>
    public void Weigh(Span<double> values)
    {
        if (!Weights.IsEmpty) Lanes.Multiply(values, Weights);
    }
}
