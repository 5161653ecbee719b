using System.Globalization;
using System.Text.Json;
using RedisML.Errors;
using RedisML.LightGbm.Native;
using RedisML.Models;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.LightGbm;

/// <summary>What a training is told, in LightGBM's own names.</summary>
sealed class BoostingOptions
{
    public const string Iterations = "num_iterations", EarlyStopping = "early_stopping_round";

    const string Objective = "objective", Boosting = "boosting";
    const int DefaultIterations = 100;

    /// <summary>Lists of a value a feature: the library checks them once the features are known.</summary>
    static readonly string[] s_byFeature =
    [
        "monotone_constraints", "feature_contri", "interaction_constraints", "max_bin_by_feature", "cegb_penalty_feature_lazy",
        "cegb_penalty_feature_coupled",
    ];

    static readonly Dictionary<string, string> s_objectives = new(StringComparer.OrdinalIgnoreCase)
    {
        ["regression"] = "regression", ["regression_l2"] = "regression", ["l2"] = "regression", ["mean_squared_error"] = "regression",
        ["mse"] = "regression", ["l2_root"] = "regression", ["root_mean_squared_error"] = "regression", ["rmse"] = "regression",
        ["regression_l1"] = "regression_l1", ["l1"] = "regression_l1", ["mean_absolute_error"] = "regression_l1", ["mae"] = "regression_l1",
        ["huber"] = "huber", ["fair"] = "fair", ["poisson"] = "poisson", ["quantile"] = "quantile", ["mape"] = "mape",
        ["mean_absolute_percentage_error"] = "mape", ["gamma"] = "gamma", ["tweedie"] = "tweedie", ["binary"] = "binary",
        ["multiclass"] = "multiclass", ["softmax"] = "multiclass", ["multiclassova"] = "multiclassova",
        ["multiclass_ova"] = "multiclassova", ["ova"] = "multiclassova", ["ovr"] = "multiclassova",
    };

    readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="RedisMLException"><c>OptionInvalid</c>, <c>OptionNotFound</c>.</exception>
    public BoostingOptions(TrainingSpecification specification)
    {
        foreach (var (given, value) in specification.Options)
        {
            var name = ParameterNames.Canonical(given);
            if (ParameterNames.Refused.TryGetValue(name, out var why)) throw Invalid($"{given} isn't taken: {why}.", given);
            if (!_values.TryAdd(name, Format(given, value))) throw Invalid($"{name} is given twice, by two of its names.", given);
        }
        if (ObjectiveGiven is { } objective)
        {
            _values[Objective] = s_objectives.GetValueOrDefault(objective) ?? throw NearestName.NotFound("OptionNotFound",
                "objective of LightGbm called", objective, s_objectives.Keys);
        }
        if (_values.GetValueOrDefault(Boosting, "gbdt") is not ("gbdt" or "gbrt" or "goss"))
            throw Invalid($"{Boosting} can be gbdt or goss: others change trees that were grown before.", Boosting);
        if (specification.Optimizer.LearningRate is { } rate)
            _values.TryAdd("learning_rate", rate.ToString("R", CultureInfo.InvariantCulture));
        if (specification.Seed is { } seed) _values.TryAdd("seed", seed.ToString(CultureInfo.InvariantCulture));
        MaxTrees = Integer(Iterations, Math.Min(DefaultIterations, specification.MaxIteration));
        Patience = Integer(EarlyStopping, specification.Optimizer.Patience);
        if (MaxTrees < 1) throw Invalid($"{Iterations} is at least 1.", Iterations);
    }

    /// <summary>The most iterations, each of a tree an output.</summary>
    public int MaxTrees { get; }

    /// <summary>After so many iterations without a better validation loss training ends; 0 for never.</summary>
    public int Patience { get; }

    /// <summary>Whether a tree is grown of features that are drawn: then seeds go by the tree, so that a resumed run draws the
    /// same.</summary>
    public bool DrawsFeatures => IsBelowOne("feature_fraction") || IsBelowOne("feature_fraction_bynode")
        || _values.GetValueOrDefault("extra_trees") == "true";

    /// <summary>Whether training starts at the labels' average.</summary>
    public bool StartsAtAverage => _values.GetValueOrDefault("boost_from_average", "true") is "true" or "1" or "+";

    string? ObjectiveGiven => _values.GetValueOrDefault(Objective);

    /// <summary>What it predicts, where the objective says so.</summary>
    public ModelTask? Task => ObjectiveGiven switch
    {
        null => null,
        "binary" => ModelTask.Binary,
        "multiclass" or "multiclassova" => ModelTask.Classes,
        "poisson" => ModelTask.Counts,
        _ => ModelTask.Regression,
    };

    /// <summary>The objective of a label with so many classes; 0 for a number.</summary>
    public string ObjectiveOf(int classes) => ObjectiveGiven ?? (classes == 0 ? "regression" : classes == 2 ? "binary" : "multiclass");

    /// <summary>What the library is told.</summary>
    /// <param name="classes">0 for a number.</param>
    /// <param name="categories">Which columns are categories.</param>
    /// <param name="machines">How many nodes have rows.</param>
    public string ToParameters(int classes, IReadOnlyList<int> categories, int machines = 1)
    {
        // The library takes the first of two: what the user gave comes before what is added.
        var objective = ObjectiveOf(classes);
        var parameters = new Dictionary<string, string>(_values, StringComparer.Ordinal);
        parameters.Remove(Iterations);
        parameters.Remove(EarlyStopping);
        parameters[Objective] = objective;
        if (objective is "multiclass" or "multiclassova") parameters["num_class"] = classes.ToString(CultureInfo.InvariantCulture);
        if (categories.Count > 0) parameters["categorical_feature"] = string.Join(',', categories);
        parameters["verbosity"] = "-1";
        // A feature's histogram is added up by one thread in the order of rows: the bits are the same for any number of threads.
        parameters.TryAdd("deterministic", "true");
        if (!parameters.ContainsKey("force_row_wise")) parameters.TryAdd("force_col_wise", "true");
        if (machines > 1)
        {
            parameters.TryAdd("tree_learner", "data");
            parameters["num_machines"] = machines.ToString(CultureInfo.InvariantCulture);
            parameters["pre_partition"] = "true";
        }
        return string.Join(' ', parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"));
    }

    /// <summary>Other draws for each tree.</summary>
    public string SeedsOf(int tree) => string.Create(CultureInfo.InvariantCulture,
        $"feature_fraction_seed={Seed("feature_fraction_seed", 2) + tree} extra_seed={Seed("extra_seed", 6) + tree}");

    /// <summary>Lets the library check the values, on a few rows that are made up.</summary>
    /// <exception cref="RedisMLException"><c>OptionInvalid</c></exception>
    public void Check()
    {
        var parameters = ToParameters(Task == ModelTask.Classes ? 3 : Task == ModelTask.Binary ? 2 : 0, []).Split(' ')
            .Where(parameter => !s_byFeature.Contains(parameter[..parameter.IndexOf('=', StringComparison.Ordinal)]));
        var joined = string.Join(' ', parameters);
        try
        {
            LibraryThread.Run(1, () =>
            {
                var reference = NativeDataset.Reference([1, 2, 3, 4, 5, 6], 1, 6, joined);
                using var rows = NativeDataset.Open(reference, 6, 1, hasWeights: false, 0, 1, joined);
                rows.Push([1, 2, 3, 4, 5, 6], Task is ModelTask.Binary ? [0, 1, 0, 1, 0, 1] : Task is ModelTask.Classes
                    ? [0, 1, 2, 0, 1, 2] : [1, 2, 3, 4, 5, 6], [], []);
                rows.Finish();
                using var booster = new NativeBooster(rows, joined);
                return true;
            });
        }
        catch (LightGbmException e)
        {
            throw new RedisMLException("OptionInvalid", ErrorKind.InvalidArgument, $"LightGBM doesn't take its options: {e.Message}",
                "LightGbm", e);
        }
    }

    /// <exception cref="RedisMLException"><c>OptionInvalid</c></exception>
    public static void CheckCombination(TrainingSpecification specification)
    {
        if (specification.Script is not null) throw Invalid("It isn't trained by a script.", "ScriptBlock");
        if (specification.Optimizer is not { Kind: OptimizerKind.Lbfgs, Epochs: null, BatchSize: null })
            throw Invalid("It has no optimizer, no epochs and no batches; there are num_iterations and bagging_fraction.", "Optimizer");
        // 1 is what a specification says of L2 where nobody does.
        if (specification.L1 != 0 || specification.L2 is not (0 or 1))
            throw Invalid("Instead of -L1 and -L2 it has lambda_l1 and lambda_l2.", "L1");
    }

    int Seed(string name, int otherwise) => Integer(name, Integer("seed", otherwise));

    bool IsBelowOne(string name) => _values.TryGetValue(name, out var text)
        && double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value < 1;

    int Integer(string name, int otherwise) => !_values.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, CultureInfo.InvariantCulture, out int value) ? value
        : throw Invalid($"{name} is a whole number, and not '{text}'.", name);

    /// <summary>As the library reads it; nothing in it may end the value and begin another parameter.</summary>
    static string Format(string name, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.Array ? string.Join(',', value.EnumerateArray().Select(item => Format(name, item)))
            : value.ValueKind == JsonValueKind.String ? value.GetString()!
            : value.GetRawText();
        return text.Length > 0 && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '=' or '#') ? text
            : throw Invalid($"{name} can't be '{text}'.", name);
    }

    static RedisMLException Invalid(string message, string target) =>
        new("OptionInvalid", ErrorKind.InvalidArgument, $"LightGbm: {message}", target);
}
