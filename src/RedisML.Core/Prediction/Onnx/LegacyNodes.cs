using RedisML.Formats.Onnx;

namespace RedisML.Prediction.Onnx;

/// <summary>The nodes of trees as TreeEnsembleRegressor of opset 3 has them: leaves are nodes too, and a node compares with one
/// value.</summary>
sealed class LegacyNodes
{
    readonly List<long> _trees = [], _ids = [], _features = [], _true = [], _false = [], _missingIsTrue = [];
    readonly List<string> _modes = [];
    readonly List<double> _values = [];
    readonly List<long> _leafTrees = [], _leafIds = [], _leafOutputs = [];
    readonly List<double> _leafWeights = [];
    int _tree;
    int _next;

    /// <summary>Begins a tree.</summary>
    /// <param name="nodes">Its inner nodes, which have the ids from 0.</param>
    public void Begin(int tree, int nodes) => (_tree, _next) = (tree, nodes);

    public void Set(long id, long feature, string mode, double value, long whereTrue, long whereFalse, long missingIsTrue)
    {
        _trees.Add(_tree);
        _ids.Add(id);
        _features.Add(feature);
        _modes.Add(mode);
        _values.Add(value);
        _true.Add(whereTrue);
        _false.Add(whereFalse);
        _missingIsTrue.Add(missingIsTrue);
    }

    /// <summary>Compares with one value after the other; the first that is equal is true.</summary>
    public void SetChain(long id, long feature, List<double> values, long whereTrue, long whereFalse)
    {
        for (int i = 0; i < values.Count; i++)
        {
            long next = i + 1 < values.Count ? _next++ : whereFalse;
            Set(id, feature, "BRANCH_EQ", values[i], whereTrue, next, missingIsTrue: 0);
            id = next;
        }
    }

    /// <summary>Adds a leaf.</summary>
    /// <returns>Its id.</returns>
    public long Leaf(long output, double weight)
    {
        long id = _next++;
        Set(id, 0, "LEAF", 0, 0, 0, 0);
        _leafTrees.Add(_tree);
        _leafIds.Add(id);
        _leafOutputs.Add(output);
        _leafWeights.Add(weight);
        return id;
    }

    public AttributeProto[] ToAttributes(int outputs)
    {
        // Readers take the first node of a tree for its root, which has the least id.
        int[] order = [.. Enumerable.Range(0, _ids.Count).OrderBy(node => _trees[node]).ThenBy(node => _ids[node])];
        return
        [
            OnnxGraph.Int("n_targets", outputs), OnnxGraph.Ints("nodes_treeids", In(_trees)), OnnxGraph.Ints("nodes_nodeids", In(_ids)),
            OnnxGraph.Ints("nodes_featureids", In(_features)), OnnxGraph.Strings("nodes_modes", In(_modes)),
            OnnxGraph.Tensor("nodes_values_as_tensor", [.. In(_values)]), OnnxGraph.Ints("nodes_truenodeids", In(_true)),
            OnnxGraph.Ints("nodes_falsenodeids", In(_false)), OnnxGraph.Ints("nodes_missing_value_tracks_true", In(_missingIsTrue)),
            OnnxGraph.Ints("target_treeids", _leafTrees), OnnxGraph.Ints("target_nodeids", _leafIds),
            OnnxGraph.Ints("target_ids", _leafOutputs), OnnxGraph.Tensor("target_weights_as_tensor", [.. _leafWeights]),
        ];

        IEnumerable<T> In<T>(List<T> ofNodes) => order.Select(node => ofNodes[node]);
    }
}
