using System.Text.Json;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>What a factorisation is told.</summary>
internal sealed record FactorizationOptions
{
    const int MaxFactors = 512;

    public static IReadOnlyList<AlgorithmOption> All { get; } =
    [
        new("User", OptionType.Text, "The column of users; 'user' unless given."),
        new("Item", OptionType.Text, "The column of items; 'item' unless given."),
        new("Factors", OptionType.Integer, $"The numbers of a vector, from 1 to {MaxFactors}; 20 unless given."),
        new("Iterations", OptionType.Integer, "How often users and items are solved in turn, from 1 on; 10 unless given."),
        new("Implicit", OptionType.Boolean, "Whether the label counts events, such as purchases, and is no rating; false unless given."),
        new("Confidence", OptionType.Number, "Implicit: by how much an event is surer than none, above 0; 40 unless given."),
        new("Regularization", OptionType.Number,
            "The penalty on vectors, above 0: explicit by the residuals' variance, 12 unless given; implicit as it is, 10 unless given."),
        new("Damping", OptionType.Number, "Explicit: so many ratings of the mean are added to each bias, from 0 on; 3 unless given."),
        new("Minimum", OptionType.Number, "Explicit: the least rating; that of the dataset unless given."),
        new("Maximum", OptionType.Number, "Explicit: the greatest rating; that of the dataset unless given."),
        new("KeepUser", OptionType.Boolean,
            "Whether the model holds its users and what they rated; true unless given. Without, Add-RedisRating says what users rated."),
    ];

    public required string User { get; init; }

    public required string Item { get; init; }

    public required int Factors { get; init; }

    public required int Iterations { get; init; }

    public required bool IsImplicit { get; init; }

    public required double Confidence { get; init; }

    public required double Regularization { get; init; }

    public required double Damping { get; init; }

    public double Minimum { get; init; } = double.NaN;

    public double Maximum { get; init; } = double.NaN;

    public required bool KeepUsers { get; init; }

    /// <exception cref="RedisMLException"><c>OptionNotFound</c>, <c>OptionInvalid</c>.</exception>
    public static FactorizationOptions Of(IAlgorithm algorithm, TrainingSpecification specification) =>
        Of(algorithm, specification.Options).Checked();

    /// <summary>The options that a stored model was trained with.</summary>
    /// <exception cref="RedisMLException"><c>InvalidModelDefinition</c>.</exception>
    public static FactorizationOptions Of(Model model)
    {
        var algorithm = (IAlgorithm)ModelFamilies.Get(FactorizationAlgorithm.AlgorithmName);
        return Decoding.Run(() =>
        {
            var given = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
            if (model.Definition?.Options is { ValueKind: JsonValueKind.Object } options)
            {
                // Penalties are kept beside the options of the algorithm.
                foreach (var option in options.EnumerateObject())
                    if (All.Any(known => known.Name.Equals(option.Name, StringComparison.OrdinalIgnoreCase)))
                        given[option.Name] = option.Value;
            }
            return Of(algorithm, given).Checked();
        }, (why, e) => new("InvalidModelDefinition", ErrorKind.InvalidData,
            $"The options of model '{model.Name}', version {model.Version}, can't be read: {why}", model.Name, e));
    }

    static FactorizationOptions Of(IAlgorithm algorithm, IReadOnlyDictionary<string, JsonElement> given)
    {
        var values = new OptionValues(algorithm, given);
        bool isImplicit = values.Boolean("Implicit", false);
        return new()
        {
            User = values.Text("User", "user"),
            Item = values.Text("Item", "item"),
            Factors = values.Integer("Factors", 20),
            Iterations = values.Integer("Iterations", 10),
            IsImplicit = isImplicit,
            Confidence = values.Number("Confidence", 40),
            Regularization = values.Number("Regularization", isImplicit ? 10 : 12),
            Damping = values.Number("Damping", 3),
            Minimum = values.Number("Minimum", double.NaN),
            Maximum = values.Number("Maximum", double.NaN),
            KeepUsers = values.Boolean("KeepUser", true),
        };
    }

    FactorizationOptions Checked()
    {
        Demand(Factors is >= 1 and <= MaxFactors, "Factors", Factors);
        Demand(Iterations >= 1, "Iterations", Iterations);
        Demand(Confidence > 0 && double.IsFinite(Confidence), "Confidence", Confidence);
        Demand(Regularization > 0 && double.IsFinite(Regularization), "Regularization", Regularization);
        Demand(Damping >= 0 && double.IsFinite(Damping), "Damping", Damping);
        Demand(!(Minimum >= Maximum), "Maximum", Maximum);
        if (User == Item)
            throw new RedisMLException("OptionInvalid", ErrorKind.InvalidArgument,
                $"Users and items are two columns, and not both '{User}'.", "Item");
        return this;

        static void Demand(bool holds, string name, double value)
        {
            if (!holds) throw new RedisMLException("OptionInvalid", ErrorKind.InvalidArgument,
                $"Option {name} can't be {value}. {All.Single(option => option.Name == name).Description}", name);
        }
    }
}
