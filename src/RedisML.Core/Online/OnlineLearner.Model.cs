using System.Text.Json;
using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Runs;

namespace RedisML.Online;

// To a model of the linear family, which all else of the module knows; and from one.
sealed partial class OnlineLearner
{
    /// <summary>What the gradient of a row's loss is squared, by and large, where a model has been trained: of classes p·(1−p).</summary>
    const double TrainedSquare = 0.1;

    /// <summary>Whether there is something to publish: a sample, and of two classes both.</summary>
    public bool CanPublish => Samples > 0 && _classes.Levels.Count >= (_kind switch
    {
        LinearKind.Logistic => 2,
        LinearKind.Softmax => 1,
        _ => 0,
    });

    public OnlineFigures Figures() => new()
    {
        Samples = Samples,
        Loss = Mean(_validation.Loss),
        Accuracy = Specification.HasClasses ? 1 - Mean(_validation.Error) : null,
        MeanAbsoluteError = Specification.HasClasses ? null : Mean(_validation.Error),
        Drifts = Drifts,
        LastDrift = LastDrift,
    };

    double? Mean(double sum) => _validation.Count == 0 ? null : sum / _validation.Count;

    /// <summary>The model as it stands, as batch training would publish it.</summary>
    public (ModelDefinition Definition, IReadOnlyList<KeyValuePair<string, ParameterValue>> Parameters) ToModel(long rejected)
    {
        var pipeline = Pipeline(out var positions);
        int[] classes = ClassOrder();
        double[][] weights = [.. _outputs.Select(output => positions.Select(output.Weight).ToArray())];
        double[] intercepts = [.. _outputs.Select(output => output.Weight(0))];
        switch (_kind)
        {
            case LinearKind.Linear:
                weights[0] = [.. weights[0].Select(weight => weight * _label.Scale)];
                intercepts[0] = _label.Mean + _label.Scale * intercepts[0];
                break;
            case LinearKind.Poisson: intercepts[0] += Math.Log(LabelMean); break;
            // The score is for the class that came second.
            case LinearKind.Logistic when classes[1] == 0:
                weights[0] = [.. weights[0].Select(weight => -weight)];
                intercepts[0] = -intercepts[0];
                break;
            case LinearKind.Softmax:
                weights = [.. classes.Select(k => weights[k])];
                intercepts = [.. classes.Select(k => intercepts[k])];
                break;
        }
        var figures = Figures();
        return (new()
        {
            Algorithm = Specification.Algorithm,
            Task = Specification.Task,
            Pipeline = pipeline with
            {
                Label = new(Specification.Label.Name, Specification.Label.Type,
                    Specification.HasClasses ? [.. classes.Select(k => _classes.Levels[k])] : null),
            },
            Options = JsonSerializer.SerializeToElement(new Dictionary<string, double>
            {
                ["learningRate"] = Specification.LearningRate, ["beta"] = Specification.Beta,
                ["l1"] = Specification.L1, ["l2"] = Specification.L2,
            }),
            Lineage = new()
            {
                Dataset = Specification.Source,
                DatasetVersion = 0,
                Run = Specification.Id,
                Module = RunSpecification.CurrentModule,
                RowsUsed = Samples,
                RowsDropped = rejected,
                Trained = DateTimeOffset.UtcNow,
            },
            Metrics = new Dictionary<string, double?>
            {
                ["loss"] = figures.Loss, ["accuracy"] = figures.Accuracy, ["meanAbsoluteError"] = figures.MeanAbsoluteError,
            }.Where(metric => metric.Value is not null).ToDictionary(metric => metric.Key, metric => metric.Value!.Value),
        }, new LinearParameters([.. weights.SelectMany(row => row)], intercepts).ToFields(_kind == LinearKind.Softmax));
    }

    /// <summary>The pipeline, and for each of its positions that of the learner.</summary>
    FeaturePipeline Pipeline(out List<int> positions)
    {
        positions = [];
        var features = new List<Feature>();
        for (int i = 0; i < _levels.Length; i++)
        {
            var column = Specification.Columns[i];
            if (column.Kind == SampleColumnKind.Number)
            {
                features.Add(new NumericFeature(column.Name, _moments[i].Mean, _moments[i].Scale));
                positions.Add(_firstPositions[i]);
            }
            else if (column.Kind == SampleColumnKind.Hashed)
            {
                features.Add(new HashedFeature(column.Name, column.Type, Specification.HashBits));
                positions.AddRange(Enumerable.Range(_firstPositions[i], 1 << Specification.HashBits));
            }
            else
            {
                var levels = _levels[i]!;
                var ordered = Categories.Order(column.Type, levels.Levels);
                features.Add(new CategoryFeature(column.Name, column.Type, ordered, _missing[i] > 0));
                var places = levels.Levels.Index().ToDictionary(level => level.Item, level => level.Index, StringComparer.Ordinal);
                positions.AddRange(ordered.Select(level => levels.PositionOf(places[level])));
                if (_missing[i] > 0) positions.Add(_missing[i]);
            }
        }
        return new()
        {
            Inputs = [.. Specification.Columns.Select(column => new ColumnSchema(column.Name, column.Type))],
            Features = features,
            Label = new(Specification.Label.Name, Specification.Label.Type, null),
            Missing = Specification.Missing,
        };
    }

    /// <summary>The classes in their order, each as the place at which it came; the positive one last.</summary>
    int[] ClassOrder()
    {
        var names = Categories.Order(Specification.Label.Type, _classes.Levels);
        var places = _classes.Levels.Index().ToDictionary(level => level.Item, level => level.Index, StringComparer.Ordinal);
        return [.. names.OrderBy(name => name == Specification.PositiveClass).Select(name => places[name])];
    }

    /// <summary>Starts from a model that was trained in batch, or online.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotOnline</c>: it has what can't be learned a sample at a time.</exception>
    public void StartFrom(Model model, LinearParameters parameters)
    {
        var (definition, pipeline) = (model.Definition!, model.Definition!.RequirePipeline());
        long rows = Math.Max(1, definition.Lineage.RowsUsed);
        foreach (var name in pipeline.Label.Classes ?? []) AddClass(name);
        StartLabel(definition, pipeline, parameters, rows);
        int width = pipeline.Width, position = 0;
        var starts = new List<(int Position, int Source, double Squares)>();
        for (int i = 0; i < pipeline.Features.Count; i++)
        {
            switch (pipeline.Features[i])
            {
                case NumericFeature number:
                    _moments[i] = new() { Count = rows, Mean = number.Mean, M2 = number.Scale * number.Scale * rows };
                    starts.Add((_firstPositions[i], position, rows));
                    break;
                case CategoryFeature category:
                    for (int level = 0; level < category.Width; level++)
                    {
                        int own = level == category.Levels.Count ? MissingPosition(i) : NextPosition();
                        if (level < category.Levels.Count) _levels[i]!.Add(category.Levels[level], own);
                        // Nobody knows how often a level came: as often as each other.
                        starts.Add((own, position + level, (double)rows / category.Width));
                    }
                    break;
                case HashedFeature hashed:
                    for (int bucket = 0; bucket < hashed.Width; bucket++)
                        starts.Add((_firstPositions[i] + bucket, position + bucket, (double)rows / hashed.Width));
                    break;
            }
            position += pipeline.Features[i].Width;
        }
        double square = _kind is LinearKind.Linear or LinearKind.Poisson ? 1 : TrainedSquare;
        for (int k = 0; k < _outputs.Count; k++)
        {
            _outputs[k].EnsureLength(_width);
            double intercept = _kind == LinearKind.Poisson ? parameters.Intercepts[k] - Math.Log(LabelMean)
                : (parameters.Intercepts[k] - _label.Mean) / _label.Scale;
            _outputs[k].Start(0, intercept, rows * square);
            foreach (var (own, source, squares) in starts)
                _outputs[k].Start(own, parameters.Weights[k * width + source] / _label.Scale, squares * square);
        }
    }

    /// <summary>Of numbers, the intercept is about the label's mean; its variance is what the model leaves and what the weights explain, as
    /// far as features don't go together.</summary>
    void StartLabel(ModelDefinition definition, FeaturePipeline pipeline, LinearParameters parameters, long rows)
    {
        rows = Math.Max(rows, OnlineLimits.LabelSamples);
        if (_kind == LinearKind.Poisson) _label = new() { Count = rows, Mean = Math.Exp(parameters.Intercepts[0]) };
        if (_kind != LinearKind.Linear) return;
        double variance = definition.Metrics.TryGetValue("loss", out double loss) && loss > 0 && double.IsFinite(loss) ? loss : 0;
        int position = 0;
        foreach (var feature in pipeline.Features)
            for (int end = position + feature.Width; position < end; position++)
                variance += parameters.Weights[position] * parameters.Weights[position] / feature.Width;
        _label = new() { Count = rows, Mean = parameters.Intercepts[0], M2 = (variance > 0 ? variance : 1) * rows };
    }
}
