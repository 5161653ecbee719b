using RedisML.Algorithms.Script;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;
using RedisML.Training.Optimization;

namespace RedisML.Training;

/// <summary>What to train, and how.</summary>
public sealed record TrainingSpecification
{
    public required Algorithm Algorithm { get; init; }

    /// <summary>The column to predict, stored or derived.</summary>
    public required string Label { get; init; }

    /// <summary>The columns to predict from, in the order of encoding. Null: all but the label, what it is derived from, and what is derived from these.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Numeric columns that are categories. Text always is.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The class that counts as positive. Null: the last in order.</summary>
    public string? PositiveClass { get; init; }

    /// <summary>Columns computed from others; those that neither the label nor a feature needs are left out of the model.</summary>
    public IReadOnlyList<DerivedColumn> Derived { get; init; } = [];

    public MissingPolicy Missing { get; init; }

    /// <summary>The penalty <c>½·L2·‖w‖²</c> beside the sum of losses (squared errors and deviances count half). The intercept isn't penalised.</summary>
    public double L2 { get; init; } = 1;

    /// <summary>The penalty <c>L1·Σ|w|</c>, which makes weights 0; with <see cref="L2"/> it is the elastic net.</summary>
    public double L1 { get; init; }

    /// <summary>What a row of a class counts; 1 for classes that aren't named.</summary>
    public IReadOnlyDictionary<string, double> ClassWeights { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether all classes count the same in total: rows / (classes · rows of the class) a row.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>A column that says what each row counts: not negative. Null: 1.</summary>
    public string? SampleWeight { get; init; }

    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The user's own training code; null trains the built-in model.</summary>
    public ScriptSpecification? Script { get; init; }

    /// <summary>The most iterations of L-BFGS.</summary>
    public int MaxIteration { get; init; } = 1000;

    /// <summary>L-BFGS stops when the loss is estimated to be within this fraction of its minimum.</summary>
    public double Tolerance { get; init; } = 1e-9;

    /// <summary>Draws the batches; 0 unless given. Kept with the model.</summary>
    public int? Seed { get; init; }
}
