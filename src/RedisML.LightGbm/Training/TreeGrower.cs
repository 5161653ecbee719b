using RedisML.LightGbm.Native;
using RedisML.LightGbm.Trees;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.LightGbm.Training;

/// <summary>Grows trees on the rows of this node's share, together with the other members of a section.</summary>
/// <remarks>
/// The library's dataset and model last as long as the members do. Where those change, both are made anew from the state: the scores of
/// the trees so far are where training goes on, to the same bits. A member without rows isn't part of the library's network; it follows
/// the others' messages until they tell the trees.
/// </remarks>
/// <param name="classes">0 for a number.</param>
/// <param name="columns">Which are categories.</param>
sealed class TreeGrower(
    TabularData data, ShareRows rows, BoostingOptions options, int classes, IReadOnlyList<int> columns) : IDisposable
{
    /// <summary>Without validation rows the loss is measured of the first iterations, of every tenth, and of the last.</summary>
    const int FirstMeasured = 10, MeasuredEach = 10;

    static readonly string[] s_greaterIsBetter = ["auc", "auc_mu", "average_precision", "map", "ndcg"];

    readonly int _outputs = options.ObjectiveOf(classes) is "multiclass" or "multiclassova" ? classes : 1;
    string _members = "";
    int _version;
    bool[] _hasRows = [];
    double _weight;
    double _bias = double.NaN;
    string _parameters = "";
    SectionMessages? _messages;
    NativeDataset? _dataset;
    NativeDataset? _validation;
    NativeNetwork? _network;
    NativeBooster? _booster;

    /// <summary>Grows an iteration.</summary>
    /// <exception cref="LightGbmException"></exception>
    public GrownTrees Grow(ISection section, BoostingState state)
    {
        try
        {
            _messages = new(section);
            if (_members != section.Generation || _version != data.Version) Attach(section, state);
            return _booster is null ? Follow() : Update(state);
        }
        catch
        {
            // What is half grown can't be gone on with.
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _members = "";
        _booster?.Dispose();
        _network?.Dispose();
        _validation?.Dispose();
        _dataset?.Dispose();
        (_booster, _network, _validation, _dataset) = (null, null, null, null);
    }

    void Attach(ISection section, BoostingState state)
    {
        Dispose();
        var (count, weight, labels) = rows.Count(section.Share);
        var (parts, _) = _messages!.Exchange(MessageKind.Rows, Bytes(count, weight, labels));
        var told = parts.Select(part => Doubles(part.Span)).ToList();
        _hasRows = [.. told.Select(part => part[0] > 0)];
        _weight = weight;
        int machines = _hasRows.Count(has => has);
        _parameters = options.ToParameters(classes, columns, machines);
        _bias = state.Trees.Count > 0 || machines == 1 || !options.StartsAtAverage ? double.NaN
            : Start(told.Sum(part => part[2]) / told.Sum(part => part[1]));
        if (count > 0)
        {
            _dataset = rows.Open(state.Reference, section.Share, count, state.Trees, _outputs, _bias, _parameters);
            if (data.HasValidation) _validation = rows.OpenValidation(state.Reference, state.Trees, _outputs, _bias, _parameters);
            if (machines > 1)
                _network = new(machines, _hasRows.Take(section.Rank).Count(has => has),
                    payload => OfThoseWithRows(_messages!.Exchange(MessageKind.Library, payload).Parts));
            _booster = new(_dataset, _parameters);
            if (_validation is not null) _booster.AddValidation(_validation);
            _network?.ThrowIfFailed();
        }
        (_members, _version) = (section.Generation, data.Version);
    }

    /// <summary>Where training starts: the library would take the mean of the nodes' own means, whatever their rows; NaN where it
    /// does better.</summary>
    /// <param name="mean">Of the labels of all nodes.</param>
    double Start(double mean) => options.ObjectiveOf(classes) switch
    {
        "regression" or "huber" or "fair" => mean,
        "poisson" or "gamma" or "tweedie" => Math.Log(mean),
        _ => double.NaN,
    };

    GrownTrees Update(BoostingState state)
    {
        if (options.DrawsFeatures) _booster!.Reset($"{options.SeedsOf(state.Iterations)} {_parameters}");
        int before = _booster!.Iterations;
        bool isLast;
        try
        {
            isLast = !_booster.Update();
        }
        finally
        {
            _network?.ThrowIfFailed();
        }
        // Where nothing can be split, the library leaves a tree of one leaf if it is the first of this model: it counts where it is the
        // first of all.
        bool isGrown = isLast ? state.Trees.Count == 0 : _booster.Iterations > before;
        var template = _booster.Save(before, 1);
        var text = ModelText.Parse(template, "LightGbm");
        var metric = _booster.Metrics().FirstOrDefault() ?? "";
        var grown = new GrownTrees(state.Template.Length == 0 ? template : "",
            isGrown ? [.. text.Trees.Select(tree => double.IsNaN(_bias) || state.Trees.Count > 0 ? tree : TreeText.Add(tree, _bias))] : [],
            isLast, 0, _validation is null ? double.NaN : _booster.Evaluate(isValidation: true),
            s_greaterIsBetter.Contains(metric.Split('@')[0]));
        double loss = isLast || IsMeasured(state.Iterations + 1) ? _booster.Evaluate(isValidation: false) : double.NaN;
        _network?.ThrowIfFailed();
        var (parts, _) = _messages!.Exchange(MessageKind.Trees, grown.Encode(loss * _weight, _weight));
        var all = GrownTrees.Decode(OfThoseWithRows(parts));
        // The trees are this node's own: where they aren't those of the others, the state tells.
        return all with { Template = grown.Template, Trees = grown.Trees };
    }

    /// <summary>Whether the loss is told after so many iterations: to measure it takes a quarter of the time of a tree.</summary>
    bool IsMeasured(int iterations) => data.HasValidation || iterations <= FirstMeasured || iterations % MeasuredEach == 0
        || iterations == options.MaxTrees;

    GrownTrees Follow()
    {
        while (true)
        {
            var (parts, kind) = _messages!.Exchange(MessageKind.Idle, []);
            if (kind == MessageKind.Trees) return GrownTrees.Decode(OfThoseWithRows(parts));
        }
    }

    List<ReadOnlyMemory<byte>> OfThoseWithRows(IReadOnlyList<ReadOnlyMemory<byte>> parts) =>
        [.. parts.Where((_, rank) => _hasRows[rank])];

    static byte[] Bytes(params ReadOnlySpan<double> values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray();

    static double[] Doubles(ReadOnlySpan<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(bytes.ToArray()).ToArray();
}
