using System.Security.Cryptography;
using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>Makes the state of a training that is new: from the first samples, or from a model.</summary>
sealed class OnlinePlan(RedisMLConnection connection, OnlineStartOptions options)
{
    /// <summary>How long a sample waits for its label unless told otherwise.</summary>
    static readonly TimeSpan s_window = TimeSpan.FromHours(1);

    /// <exception cref="RedisMLException"><c>OptionMissing</c>, <c>NoSample</c>, <c>ModelNotOnline</c>, <c>ColumnNotFound</c>,
    /// <c>LabelNotNumeric</c>, <c>NoFeature</c>, <c>ValueOutOfRange</c>, <c>AlgorithmNotFound</c>.</exception>
    public async Task<OnlineState> MakeAsync(CancellationToken cancellation)
    {
        if (options.Source is not { } source || options.SourceKind is not { } kind)
            throw Missing("List or -Stream", "where its samples come from");
        if (options.LabelStream is not null && (kind != SampleSourceKind.Stream || options.Key is null))
            throw new RedisMLException("ConflictingOptions", ErrorKind.InvalidArgument,
                "Labels of a stream of their own are joined to samples of a stream, by a key.", options.LabelStream);
        foreach (var (name, of) in options.LabelStream is { } stream ? [(source, kind), (stream, SampleSourceKind.Stream)]
            : new[] { (source, kind) })
            await SampleSource.CheckAsync(connection, of, name, cancellation).ConfigureAwait(false);
        var (model, parameters) = options.InitialModel is { } initial ? await ReadModelAsync(initial, cancellation).ConfigureAwait(false)
            : default;
        var specification = (model is null ? await OfSamplesAsync(kind, source, cancellation).ConfigureAwait(false)
            : Agreed(OfModel(model, kind, source))) with
        {
            LabelStream = options.LabelStream,
            Key = options.Key,
            WindowMilliseconds = (long)(options.Window ?? s_window).TotalMilliseconds,
            L1 = options.L1 ?? 0,
            L2 = options.L2 ?? 1,
        };
        if (options.MetricInterval is { } interval) specification = specification with { MetricInterval = interval };
        if (options.DriftThreshold is { } threshold) specification = specification with { DriftThreshold = threshold };
        specification.CheckRange();
        var learner = new OnlineLearner(specification);
        if (model is not null) learner.StartFrom(model, parameters!);
        return new(learner)
        {
            Offset = SampleSource.Create(connection, specification).Start,
            Ordinal = kind == SampleSourceKind.Stream ? await TrimmedBeforeAsync(source, cancellation).ConfigureAwait(false) : 0,
            Pending = specification.LabelStream is null ? null : new(),
        };
    }

    async Task<(Model, LinearParameters)> ReadModelAsync(ModelReference reference, CancellationToken cancellation)
    {
        var models = new ModelStore(connection);
        var model = await models.GetAsync(reference, cancellation).ConfigureAwait(false);
        var definition = ModelFamilies.DefinitionOf(model);
        string? why = !OnlineAlgorithms.Names.Contains(definition.Algorithm) ? $"its algorithm is {definition.Algorithm}"
            : definition.Pipeline is not { } pipeline ? "it has no feature pipeline"
            : pipeline.Derived.Count > 0 ? "it has derived columns"
            : pipeline.Inputs.FirstOrDefault(input => !input.Type.IsNumeric && !input.Type.IsText) is { } input
                ? $"'{input.Name}' is {input.Type}"
            : pipeline.Features.Any(feature => pipeline.Inputs.All(input => input.Name != feature.Column)) ? "a feature is no input"
            : null;
        if (why is not null)
            throw new RedisMLException("ModelNotOnline", ErrorKind.InvalidOperation,
                $"Model '{reference}' can't be learned on a sample at a time: {why}. Give another -InitialModel, of " +
                $"{string.Join(", ", OnlineAlgorithms.Names)}, or none.", reference.Name);
        var fields = await models.ReadParametersAsync(model, null, cancellation).ConfigureAwait(false);
        return (model, LinearParameters.Of(model, fields.ToDictionary(StringComparer.Ordinal)));
    }

    OnlineSpecification OfModel(Model model, SampleSourceKind kind, string source)
    {
        var (definition, pipeline) = (model.Definition!, model.Definition!.RequirePipeline());
        var inputs = pipeline.Inputs.ToDictionary(input => input.Name, input => input.Type, StringComparer.Ordinal);
        var (label, hasClasses) = (pipeline.Label, definition.Task.IsClassification());
        return new()
        {
            Id = NewId(),
            Algorithm = definition.Algorithm,
            SourceKind = kind,
            Source = source,
            Columns = [.. pipeline.Features.Select(feature => new SampleColumn(feature.Column, inputs[feature.Column], feature switch
            {
                NumericFeature => SampleColumnKind.Number,
                HashedFeature => SampleColumnKind.Hashed,
                _ => SampleColumnKind.Category,
            }))],
            Label = new(label.Column, hasClasses ? label.Type : ColumnType.Float64,
                hasClasses ? SampleColumnKind.Category : SampleColumnKind.Number),
            PositiveClass = definition.Task == ModelTask.Binary ? label.Classes![^1] : null,
            Missing = pipeline.Missing,
            HashBits = pipeline.Features.OfType<HashedFeature>().FirstOrDefault()?.Bits ?? 0,
            LearningRate = options.LearningRate ?? DefaultRate(definition.Algorithm),
        };
    }

    /// <summary>What a model to start from says isn't said otherwise beside it.</summary>
    OnlineSpecification Agreed(OnlineSpecification specification)
    {
        string? option = options.Algorithm is { } algorithm && OnlineAlgorithms.Checked(algorithm) != specification.Algorithm ? "Algorithm"
            : options.Label is { } label && label != specification.Label.Name ? "Label"
            : options.Features is { } features && !features.ToHashSet().SetEquals(specification.Columns.Select(c => c.Name)) ? "Feature"
            : options.PositiveClass is { } positive && positive != specification.PositiveClass ? "PositiveClass"
            : options.HashBits is { } bits && bits != specification.HashBits ? "HashBit"
            : null;
        return option is null ? specification : throw new RedisMLException("ConflictingOptions", ErrorKind.InvalidArgument,
            $"-InitialModel {options.InitialModel} is of another -{option}, and says it itself: leave one of the two out.", option);
    }

    async Task<OnlineSpecification> OfSamplesAsync(SampleSourceKind kind, string source, CancellationToken cancellation)
    {
        string algorithm = OnlineAlgorithms.Checked(options.Algorithm ?? throw Missing("Algorithm", "what is to be learned"));
        string label = options.Label ?? throw Missing("Label", "which column is to be predicted");
        var samples = new FirstSamples(connection);
        var columns = await samples.ReadAsync(kind, source, cancellation).ConfigureAwait(false);
        bool hasClasses = algorithm is "Logistic" or "Softmax";
        if (options.LabelStream is { } labels)
        {
            var later = await samples.ReadAsync(SampleSourceKind.Stream, labels, cancellation).ConfigureAwait(false);
            columns[label] = later.TryGetValue(label, out var type) ? type : throw NotFound(label, later.Keys);
        }
        if (!columns.TryGetValue(label, out var labelType)) throw NotFound(label, columns.Keys);
        if (!hasClasses && !labelType.IsNumeric)
            throw new RedisMLException("LabelNotNumeric", ErrorKind.InvalidArgument,
                $"Label '{label}' is {labelType}; {algorithm} predicts numbers. Use Logistic or Softmax for classes.", label);
        if (options.Features?.Contains(label) == true)
            throw new RedisMLException("LabelAmongFeatures", ErrorKind.InvalidArgument,
                $"The label '{label}' can't be a feature too.", label);
        foreach (string name in options.Categories.Concat(options.Features ?? []).Concat(options.ExcludedFeatures))
            if (!columns.ContainsKey(name)) throw NotFound(name, columns.Keys);
        var wanted = options.Features ?? columns.Keys.Except(options.ExcludedFeatures.Append(label).Append(options.Key ?? label));
        if (options.HashBits is < 1 or > HashedFeature.MaxBits) throw new RedisMLException("ValueOutOfRange", ErrorKind.InvalidArgument,
            $"HashBit can't be {options.HashBits}: it is 1 to {HashedFeature.MaxBits}.", options.HashBits);
        SampleColumn[] features = [.. wanted.Select(name =>
        {
            var type = columns[name];
            bool isCategory = type.IsText || options.Categories.Contains(name);
            return new SampleColumn(name, type.IsInteger ? ColumnType.Float64 : type, !isCategory ? SampleColumnKind.Number
                : options.HashBits is null ? SampleColumnKind.Category : SampleColumnKind.Hashed);
        })];
        if (features.Length == 0)
            throw new RedisMLException("NoFeature", ErrorKind.InvalidArgument, $"The samples of '{source}' have no column but the label.",
                source);
        return new()
        {
            Id = NewId(),
            Algorithm = algorithm,
            SourceKind = kind,
            Source = source,
            Columns = features,
            Label = new(label, hasClasses ? labelType : ColumnType.Float64,
                hasClasses ? SampleColumnKind.Category : SampleColumnKind.Number),
            PositiveClass = options.PositiveClass,
            HashBits = options.HashBits ?? 0,
            LearningRate = options.LearningRate ?? DefaultRate(algorithm),
        };
    }

    /// <summary>How many entries had left a stream before the training began.</summary>
    async Task<long> TrimmedBeforeAsync(string source, CancellationToken cancellation)
    {
        var key = connection.Keys.Samples(source).Samples;
        if (!await connection.Database.PatientlyAsync(d => d.KeyExistsAsync(key), cancellation).ConfigureAwait(false)) return 0;
        var info = await connection.Database.PatientlyAsync(d => d.StreamInfoAsync(key), cancellation).ConfigureAwait(false);
        return Math.Max(0, info.EntriesAdded - info.Length);
    }

    internal static double DefaultRate(string algorithm) => algorithm is "Logistic" or "Softmax" ? 0.5 : 0.2;

    static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    RedisMLException Missing(string option, string what) => new("OptionMissing", ErrorKind.InvalidArgument,
        $"There is no online training of model '{options.Model}' yet, so that it has to be said {what} (-{option}).", option);

    static RedisMLException NotFound(string column, IEnumerable<string> known) =>
        NearestName.NotFound("ColumnNotFound", "column of the first samples called", column, known, next: "");
}
