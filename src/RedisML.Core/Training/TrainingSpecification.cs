using System.Text.Json;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;
using RedisML.Training.Optimization;
using RedisML.Training.Scripts;

namespace RedisML.Training;

/// <summary>What to train, and how.</summary>
public sealed record TrainingSpecification
{
    /// <summary>The name of the algorithm, such as <c>Linear</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>What only the algorithm understands, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The column to predict, stored or derived.</summary>
    public required string Label { get; init; }

    /// <summary>The columns to predict from, in the order of encoding. Null: all but the label, what it is derived from,
    /// and what is derived from these.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Columns that aren't features where <see cref="Features"/> is null.</summary>
    public IReadOnlyList<string> ExcludedFeatures { get; init; } = [];

    /// <summary>Numeric columns that are categories. Text always is.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The class that counts as positive. Null: the last in order.</summary>
    public string? PositiveClass { get; init; }

    /// <summary>Columns computed from others; those that neither the label nor a feature needs are left out of the model.</summary>
    public IReadOnlyList<DerivedColumn> Derived { get; init; } = [];

    public MissingPolicy Missing { get; init; }

    /// <summary>The penalty <c>½·L2·‖w‖²</c> beside the sum of losses (squared errors and deviances count half).
    /// The intercept isn't penalised.</summary>
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

    /// <summary>What the algorithm was told, as the model keeps it: penalties, and options by name.</summary>
    internal JsonElement OptionsAsJson()
    {
        var options = new Dictionary<string, JsonElement>(Options, StringComparer.Ordinal);
        options["l1"] = JsonSerializer.SerializeToElement(L1);
        options["l2"] = JsonSerializer.SerializeToElement(L2);
        return JsonSerializer.SerializeToElement(options);
    }

    /// <summary>Whether rows have weights that differ.</summary>
    internal bool IsWeighted => SampleWeight is not null || BalanceClasses || ClassWeights.Count > 0;

    /// <exception cref="RedisMLException"><c>ValueOutOfRange</c>, <c>InvalidParameterName</c>.</exception>
    internal void CheckRange()
    {
        foreach (var parameter in Script?.InitialParameters ?? []) ModelField.CheckName(parameter.Parameter.Name);
        if (!(L2 >= 0 && double.IsFinite(L2))) throw OutOfRange(nameof(L2), L2);
        if (!(Tolerance >= 0 && Tolerance < 1)) throw OutOfRange(nameof(Tolerance), Tolerance);
        if (!(L1 >= 0 && double.IsFinite(L1))) throw OutOfRange(nameof(L1), L1);
        var (optimizer, rate) = (Optimizer, Optimizer.LearningRate ?? 1);
        if (optimizer.Epochs < 1) throw OutOfRange(nameof(optimizer.Epochs), optimizer.Epochs.Value);
        if (optimizer.BatchSize < 1) throw OutOfRange(nameof(optimizer.BatchSize), optimizer.BatchSize.Value);
        if (!(rate > 0 && double.IsFinite(rate))) throw OutOfRange(nameof(optimizer.LearningRate), rate);
        if (!(optimizer.Momentum is >= 0 and < 1)) throw OutOfRange(nameof(optimizer.Momentum), optimizer.Momentum);
        if (optimizer.Patience < 1) throw OutOfRange(nameof(optimizer.Patience), optimizer.Patience);
        foreach (var (name, weight) in ClassWeights)
        {
            if (!(weight > 0 && double.IsFinite(weight))) throw OutOfRange($"The weight of class '{name}'", weight);
        }
        if (MaxIteration < 1) throw OutOfRange(nameof(MaxIteration), MaxIteration);

        static RedisMLException OutOfRange(string name, double value) =>
            new("ValueOutOfRange", ErrorKind.InvalidArgument, $"{name} can't be {value}.", value);
    }
}
