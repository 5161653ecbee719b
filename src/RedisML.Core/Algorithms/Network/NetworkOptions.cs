using RedisML.Errors;
using RedisML.Models;
using RedisML.Training;

namespace RedisML.Algorithms.Network;

/// <summary>What a network can be told.</summary>
/// <param name="Layers">The units of each hidden layer; none for a linear model.</param>
/// <param name="Dropout">What part of the hidden units is left out, drawn for each row and pass.</param>
/// <param name="Embedding">How many numbers stand for a category's level; 0: as many as its levels call for.</param>
/// <param name="Loss">Null: the label decides, between squared error and softmax.</param>
/// <param name="WeightDecay">What part of each weight a step takes away, times the learning rate (Loshchilov and Hutter, 2019).</param>
internal sealed record NetworkOptions(
    IReadOnlyList<int> Layers, Activation Activation, double Dropout, Normalization Normalization, int Embedding, LossKind? Loss,
    double WeightDecay)
{
    const int MaxLayers = 64;
    const int MaxUnits = 16_384;
    const int MaxEmbedding = 4_096;

    const string LossName = "Loss";

    public static IReadOnlyList<AlgorithmOption> All { get; } =
    [
        new(nameof(Layers), OptionType.Integers, $"The units of each hidden layer, 1 to {MaxUnits:N0}; 100 unless given, @() for none."),
        new(nameof(Activation), OptionType.Text, "Relu (unless given), Gelu or Tanh."),
        new(nameof(Dropout), OptionType.Number, "The part of the hidden units that a row leaves out, from 0 (unless given) to below 1."),
        new(nameof(Normalization), OptionType.Text, "None (unless given) or Layer."),
        new(nameof(Embedding), OptionType.Integer,
            $"How many numbers stand for a level of a category, 1 to {MaxEmbedding:N0}; unless given 1.6 · levels^0.56."),
        new(LossName, OptionType.Text, "SquaredError, LogLoss, Softmax or Poisson; unless given SquaredError for numbers, else Softmax."),
        new(nameof(WeightDecay), OptionType.Number,
            "The part of each weight that a step takes away, times the learning rate; 0 unless given."),
    ];

    /// <summary>What the model predicts; null where the label decides.</summary>
    public ModelTask? Task => Loss switch
    {
        LossKind.SquaredError => ModelTask.Regression,
        LossKind.LogLoss => ModelTask.Binary,
        LossKind.Softmax => ModelTask.Classes,
        LossKind.Poisson => ModelTask.Counts,
        _ => null,
    };

    /// <exception cref="RedisMLException"><c>OptionInvalid</c>; <c>OptionNotFound</c>: an activation or the like that there isn't;
    /// <c>ConflictingOptions</c>.</exception>
    public static NetworkOptions Of(OptionValues values)
    {
        var options = new NetworkOptions(
            values.Integers(nameof(Layers), 100), Choice(nameof(Activation), Activation.Relu), values.Number(nameof(Dropout), 0),
            Choice(nameof(Normalization), Normalization.None), values.Integer(nameof(Embedding), 0),
            values.Text(LossName, "") is { Length: > 0 } ? Choice(LossName, LossKind.SquaredError) : null,
            values.Number(nameof(WeightDecay), 0));
        if (options.Layers.Count > MaxLayers) throw Invalid(nameof(Layers), $"{options.Layers.Count} layers", $"at most {MaxLayers}");
        foreach (int units in options.Layers)
            if (units is < 1 or > MaxUnits) throw Invalid(nameof(Layers), $"{units}", $"1 to {MaxUnits:N0} units a layer");
        if (options.Dropout is not (>= 0 and < 1)) throw Invalid(nameof(Dropout), $"{options.Dropout}", "0 to below 1");
        if (values.Integer(nameof(Embedding), 1) is < 1 or > MaxEmbedding)
            throw Invalid(nameof(Embedding), $"{options.Embedding}", $"1 to {MaxEmbedding:N0}");
        if (!(options.WeightDecay >= 0 && double.IsFinite(options.WeightDecay)))
            throw Invalid(nameof(WeightDecay), $"{options.WeightDecay}", "a number that isn't negative");
        if (options.Layers.Count == 0 && (options.Dropout > 0 || options.Normalization != Normalization.None))
            throw Conflict("Dropout and normalisation are of hidden layers, and Layers names none.", nameof(Layers));
        return options;

        T Choice<T>(string name, T otherwise) where T : struct, Enum
        {
            string text = values.Text(name, otherwise.ToString());
            return Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(text, ignoreCase: true)
                : throw NearestName.NotFound("OptionNotFound", $"{name} of {NetworkAlgorithm.AlgorithmName} called", text,
                    Enum.GetNames<T>());
        }
    }

    public static RedisMLException Conflict(string message, string target) =>
        new("ConflictingOptions", ErrorKind.InvalidArgument, message, target);

    static RedisMLException Invalid(string name, string given, string wanted) => new("OptionInvalid", ErrorKind.InvalidArgument,
        $"Option {name} of {NetworkAlgorithm.AlgorithmName} takes {wanted}, and not {given}.", name);
}
