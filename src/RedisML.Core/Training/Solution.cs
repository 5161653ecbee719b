using RedisML.Models;

namespace RedisML.Training;

/// <summary>What a training found.</summary>
public sealed record Solution
{
    /// <summary>The parameters by name; the algorithm says what they mean.</summary>
    public required IReadOnlyList<KeyValuePair<string, ParameterValue>> Parameters { get; init; }

    /// <summary>Their order and shapes, where the definition has to say them; else null.</summary>
    public IReadOnlyList<ParameterShape>? Shapes { get; init; }

    /// <summary>The mean loss of a training row, without penalties.</summary>
    public required double Loss { get; init; }

    /// <summary>The same loss of the validation rows; null where there are none.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>0 where the solution is exact.</summary>
    public int Iterations { get; init; }

    /// <summary>Passes over the rows.</summary>
    public int Evaluations { get; init; } = 1;

    /// <summary>What is wrong with the problem and what helps, in whole sentences; null where nothing is known to be.</summary>
    public string? Advice { get; init; }

    /// <summary>False where it ended without reaching the tolerance.</summary>
    public bool Converged { get; init; } = true;
}
