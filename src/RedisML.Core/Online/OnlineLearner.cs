using System.Text;
using RedisML.Algorithms.Linear;
using RedisML.Features;

namespace RedisML.Online;

/// <summary>Learns samples one by one: predicts, judges the prediction, learns. All that it knows is a function of the samples and their
/// order, to the bit. For one thread.</summary>
sealed partial class OnlineLearner
{
    /// <summary>Beyond this a score of counts is no sane one, and its exponential would end the learning.</summary>
    const double LargestScore = 20;

    readonly LinearKind _kind;
    readonly RunningMoments[] _moments;
    readonly LevelIndex?[] _levels;
    readonly int[] _missing;
    readonly int[] _firstPositions;
    readonly LevelIndex _classes = new();
    readonly List<FtrlWeights> _outputs = [];
    readonly int[] _positions;
    readonly double[] _values;
    double[] _weights;
    double[] _scores = new double[1];
    RunningMoments _label;
    ProgressiveValidation _validation;
    PageHinkley _drift;
    int _width;

    public OnlineLearner(OnlineSpecification specification)
    {
        Specification = specification;
        _kind = LinearFamily.KindOf(specification.Algorithm);
        int columns = specification.Columns.Count;
        _moments = new RunningMoments[columns];
        _levels = new LevelIndex?[columns];
        _missing = new int[columns];
        _firstPositions = new int[columns];
        _positions = new int[columns + 1];
        _values = new double[columns + 1];
        _weights = new double[columns + 1];
        _width = 1;
        for (int i = 0; i < columns; i++)
        {
            _firstPositions[i] = _width;
            switch (specification.Columns[i].Kind)
            {
                case SampleColumnKind.Number: _width++; break;
                case SampleColumnKind.Hashed: _width += 1 << specification.HashBits; break;
                default: _levels[i] = new(); break;
            }
        }
        if (_kind != LinearKind.Softmax) AddOutput();
    }

    public OnlineSpecification Specification { get; }

    /// <summary>Samples learned.</summary>
    public long Samples { get; private set; }

    /// <summary>How often the error was found to grow, and the sample at which that was last.</summary>
    public long Drifts { get; private set; }

    public long LastDrift { get; private set; }

    /// <summary>Points of metrics that came since they were last taken.</summary>
    public List<MetricPoint> Points { get; } = [];

    /// <summary>Learns a sample.</summary>
    /// <param name="labelOf">Where the label lies, at the place behind the columns.</param>
    /// <returns>Null; or why it can't be learned, and nothing has changed.</returns>
    public string? TryLearn(SampleRow row, SampleRow labelOf)
    {
        if (Refuse(row, labelOf, out int classPlace, out double label) is { } problem) return problem;
        if (Specification.HasClasses && classPlace < 0) classPlace = AddClass(Encoding.UTF8.GetString(labelOf.Text(_levels.Length)));
        int active = Encode(row);
        var (loss, error, drift) = _kind switch
        {
            LinearKind.Logistic => LearnBinary(active, classPlace),
            LinearKind.Softmax => LearnClasses(active, classPlace),
            LinearKind.Poisson => LearnCount(active, label),
            _ => LearnNumber(active, label),
        };
        Judge(loss, error, drift);
        return null;
    }

    string? Refuse(SampleRow row, SampleRow labelOf, out int classPlace, out double label)
    {
        int place = _levels.Length;
        (classPlace, label) = (-1, double.NaN);
        if (Specification.HasClasses)
        {
            if (!labelOf.IsThere(place) || labelOf.Text(place).IsEmpty) return NoLabel();
            classPlace = _classes.Find(labelOf.Text(place));
            int most = _kind == LinearKind.Logistic ? 2 : OnlineLimits.Classes;
            if (classPlace < 0 && _classes.Levels.Count == most)
                return $"'{Encoding.UTF8.GetString(labelOf.Text(place))}' in '{Specification.Label.Name}' is one class more than {most:N0}";
            // Of two classes one is the positive one, also where that one's first sample is yet to come.
            if (classPlace < 0 && _classes.Levels.Count == most - 1 && Specification.PositiveClass is { } positive && most == 2
                && !_classes.Levels.Append(Encoding.UTF8.GetString(labelOf.Text(place))).Contains(positive))
                return $"'{Encoding.UTF8.GetString(labelOf.Text(place))}' in '{Specification.Label.Name}' is a second class beside the " +
                    $"positive one, '{positive}'";
        }
        else
        {
            if (!labelOf.IsThere(place) || double.IsNaN(label = labelOf.Number(place))) return NoLabel();
            if (_kind == LinearKind.Poisson && label < 0) return $"'{label}' in '{Specification.Label.Name}' is no count";
        }
        for (int i = 0; i < _levels.Length; i++)
        {
            bool isNumber = Specification.Columns[i].Kind == SampleColumnKind.Number;
            if (Specification.Missing == MissingPolicy.Drop && (isNumber ? double.IsNaN(row.Number(i)) : row.Text(i).IsEmpty))
                return $"the value of '{Specification.Columns[i].Name}' is missing";
            if (isNumber && Math.Abs(row.Number(i)) > 1e150) return $"'{row.Number(i)}' in '{Specification.Columns[i].Name}' is too large";
        }
        return Math.Abs(label) > 1e150 ? $"'{label}' in '{Specification.Label.Name}' is too large" : null;

        string NoLabel() => $"the label '{Specification.Label.Name}' is missing";
    }

    /// <summary>Makes positions and values of a row, and room for what is new.</summary>
    int Encode(SampleRow row)
    {
        (_positions[0], _values[0]) = (0, 1);
        int active = 1;
        for (int i = 0; i < _levels.Length; i++)
        {
            switch (Specification.Columns[i].Kind)
            {
                case SampleColumnKind.Number:
                    double number = row.Number(i);
                    if (double.IsNaN(number)) continue; // The mean, which standardises to 0.
                    ref var moments = ref _moments[i];
                    moments.Add(number);
                    Activate(_firstPositions[i], (number - moments.Mean) / moments.Scale);
                    break;
                case SampleColumnKind.Hashed:
                    if (!row.Text(i).IsEmpty)
                        Activate(_firstPositions[i] + HashedFeature.PositionOf(row.Text(i), Specification.HashBits), 1);
                    break;
                default:
                    int position = row.Text(i).IsEmpty ? MissingPosition(i) : LevelPosition(i, row.Text(i));
                    if (position > 0) Activate(position, 1);
                    break;
            }
        }
        return active;

        void Activate(int position, double value)
        {
            (_positions[active], _values[active]) = (position, value);
            active++;
        }
    }

    int MissingPosition(int column)
    {
        if (_missing[column] == 0) _missing[column] = NextPosition();
        return _missing[column];
    }

    /// <summary>0 for one level too many, which counts as unseen.</summary>
    int LevelPosition(int column, ReadOnlySpan<byte> level)
    {
        var levels = _levels[column]!;
        int place = levels.Find(level);
        if (place >= 0) return levels.PositionOf(place);
        if (levels.Levels.Count == Columns.Categories.MaxLevels) return 0;
        place = levels.Add(Encoding.UTF8.GetString(level), NextPosition());
        return levels.PositionOf(place);
    }

    int NextPosition()
    {
        foreach (var output in _outputs) output.EnsureLength(_width + 1);
        return _width++;
    }

    int AddClass(string name)
    {
        int place = _classes.Add(name, 0);
        if (_kind == LinearKind.Softmax) AddOutput();
        return place;
    }

    void AddOutput()
    {
        var output = new FtrlWeights(Specification);
        output.EnsureLength(_width);
        _outputs.Add(output);
        if (_scores.Length < _outputs.Count) Array.Resize(ref _scores, 2 * _outputs.Count);
        _weights = new double[_scores.Length * _positions.Length];
    }

    double Score(int output, int active) => _outputs[output].Score(_positions.AsSpan(0, active), _values.AsSpan(0, active),
        _weights.AsSpan(output * _positions.Length, active));

    void Learn(int output, int active, double derivative) => _outputs[output].Learn(_positions.AsSpan(0, active),
        _values.AsSpan(0, active), _weights.AsSpan(output * _positions.Length, active), derivative);

    void Judge(double loss, double error, double drift)
    {
        Samples++;
        _validation.Add(loss, error);
        if (_drift.Add(drift, Specification.DriftTolerance, Specification.DriftThreshold)) (Drifts, LastDrift) = (Drifts + 1, Samples);
        if (_validation.WindowCount < Specification.MetricInterval) return;
        double mean = _validation.WindowError / _validation.WindowCount;
        Points.Add(new("loss", Samples, _validation.WindowLoss / _validation.WindowCount));
        Points.Add(Specification.HasClasses ? new("accuracy", Samples, 1 - mean) : new("meanAbsoluteError", Samples, mean));
        Points.Add(new("drifts", Samples, Drifts));
        _validation.StartWindow();
    }
}
