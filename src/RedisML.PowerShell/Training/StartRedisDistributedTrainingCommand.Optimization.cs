using System.Collections;
using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Datasets;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.PowerShell.Training;

/// <summary>How it is optimized: penalties, weights, and the optimizer with its options.</summary>
public sealed partial class StartRedisDistributedTrainingCommand
{
    const string Balanced = "Balanced";

    [Parameter]
    [ValidateRange(0.0, double.MaxValue)]
    public double L1 { get; set; }

    [Parameter]
    [ValidateRange(0.0, double.MaxValue)]
    public double? L2 { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ClassWeightCompleter))]
    public object? ClassWeight { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? SampleWeight { get; set; }

    [Parameter]
    public OptimizerKind? Optimizer { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxIteration { get; set; } = 1000;

    [Parameter]
    public double Tolerance { get; set; } = 1e-9;

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Epoch { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? BatchSize { get; set; }

    [Parameter]
    public double? LearningRate { get; set; }

    [Parameter]
    public LearningRateSchedule LearningRateSchedule { get; set; }

    [Parameter]
    public double Momentum { get; set; } = 0.9;

    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string? Validation { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Patience { get; set; } = 5;

    [Parameter]
    public int? Seed { get; set; }

    TrainingSpecification WithOptimization(TrainingSpecification specification, TrainingDefaults defaults) => specification with
    {
        L1 = L1,
        L2 = L2 ?? defaults.L2,
        ClassWeights = ClassWeights(),
        BalanceClasses = IsBalanced,
        SampleWeight = SampleWeight,
        MaxIteration = MaxIteration,
        Tolerance = Tolerance,
        Seed = Seed,
        Optimizer = new()
        {
            Kind = Optimizer ?? defaults.Optimizer,
            Epochs = Epoch,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            Schedule = LearningRateSchedule,
            Momentum = Momentum,
            Patience = Patience,
        },
    };

    bool IsBalanced => Unwrap(ClassWeight) is string text && text.Equals(Balanced, StringComparison.OrdinalIgnoreCase);

    Dictionary<string, double> ClassWeights()
    {
        if (ClassWeight is null || IsBalanced) return [];
        if (Unwrap(ClassWeight) is not IDictionary classes) throw InvalidClassWeight(ClassWeight);
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in classes)
        {
            if (!LanguagePrimitives.TryConvertTo(entry.Value, out double weight)) throw InvalidClassWeight(entry.Value);
            weights[LanguagePrimitives.ConvertTo<string>(entry.Key)] = weight;
        }
        return weights;
    }

    static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    static RedisMLException InvalidClassWeight(object? value) => new("WeightInvalid", ErrorKind.InvalidArgument,
        $"-ClassWeight takes Balanced, or a hashtable of classes and numbers such as @{{ yes = 2; no = 1 }}, and not '{value}'.", value);
}
