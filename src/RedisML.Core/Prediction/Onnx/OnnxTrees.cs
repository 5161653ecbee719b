using RedisML.Formats.Onnx;

namespace RedisML.Prediction.Onnx;

/// <summary>Decision trees whose leaves are added up, for <see cref="OnnxModel.AddTrees"/>: the operator TreeEnsemble of opset 5, which is
/// in doubles.</summary>
/// <param name="outputs">How many sums there are.</param>
public sealed class OnnxTrees(int outputs)
{
    const byte LessOrEqual = 0, Member = 6;
    const int MlOpset = 5, IrVersion = 10;

    readonly List<long> _roots = [], _features = [], _missingIsTrue = [], _leafOutputs = [];
    readonly List<long> _trueNodes = [], _falseNodes = [], _trueIsLeaf = [], _falseIsLeaf = [];
    readonly List<double> _leaves = [], _splits = [], _members = [];
    readonly List<byte> _modes = [];

    /// <summary>Adds a tree.</summary>
    /// <param name="output">The sum that its leaves belong to.</param>
    /// <param name="nodes">The root first; empty where there is one leaf alone.</param>
    public void Add(int output, IReadOnlyList<OnnxTreeNode> nodes, IReadOnlyList<double> leaves)
    {
        // A node must be the root.
        if (nodes.Count == 0) nodes = [new(0, 0, null, false, ~0, ~0)];
        long firstNode = _features.Count, firstLeaf = _leaves.Count;
        _roots.Add(firstNode);
        foreach (var node in nodes)
        {
            _features.Add(node.Feature);
            _modes.Add(node.Members is null ? LessOrEqual : Member);
            _splits.Add(node.Members is null ? node.Threshold : 0);
            _missingIsTrue.Add(node.MissingIsTrue ? 1 : 0);
            Child(node.True, _trueNodes, _trueIsLeaf);
            Child(node.False, _falseNodes, _falseIsLeaf);
            if (node.Members is null) continue;
            // A set ends with NaN.
            foreach (int member in node.Members) _members.Add(member);
            _members.Add(double.NaN);
        }
        foreach (double leaf in leaves)
        {
            _leaves.Add(leaf);
            _leafOutputs.Add(output);
        }

        void Child(int child, List<long> ids, List<long> areLeaves)
        {
            ids.Add(child >= 0 ? firstNode + child : firstLeaf + ~child);
            areLeaves.Add(child >= 0 ? 0 : 1);
        }
    }

    /// <summary>The same for readers that know opset 3 alone: by TreeEnsembleRegressor, whose sums are in single precision. A set of
    /// values becomes a node a value.</summary>
    internal string AddLegacyTo(OnnxGraph graph, string features)
    {
        var nodes = new LegacyNodes();
        int set = 0;
        for (int tree = 0; tree < _roots.Count; tree++)
        {
            int first = (int)_roots[tree], end = tree + 1 < _roots.Count ? (int)_roots[tree + 1] : _features.Count;
            nodes.Begin(tree, end - first);
            for (int node = first; node < end; node++)
            {
                long whereTrue = Id(_trueNodes[node], _trueIsLeaf[node]), whereFalse = Id(_falseNodes[node], _falseIsLeaf[node]);
                if (_modes[node] == LessOrEqual)
                {
                    nodes.Set(node - first, _features[node], "BRANCH_LEQ", _splits[node], whereTrue, whereFalse, _missingIsTrue[node]);
                    continue;
                }
                int length = _members.IndexOf(double.NaN, set) - set;
                nodes.SetChain(node - first, _features[node], _members.GetRange(set, length), whereTrue, whereFalse);
                set += length + 1;
            }

            // A leaf is a node of its own, behind those of its tree.
            long Id(long child, long isLeaf) => isLeaf == 0 ? child - first : nodes.Leaf(_leafOutputs[(int)child], _leaves[(int)child]);
        }
        return graph.Cast(graph.Add("TreeEnsembleRegressor", [features], nodes.ToAttributes(outputs), OnnxGraph.MlDomain),
            TensorProto.Types.DataType.Double);
    }

    internal string AddTo(OnnxGraph graph, string features)
    {
        const int sum = 1, noTransform = 0;
        graph.RequireMlOpset(MlOpset, IrVersion);
        List<AttributeProto> attributes =
        [
            OnnxGraph.Int("n_targets", outputs), OnnxGraph.Int("aggregate_function", sum), OnnxGraph.Int("post_transform", noTransform),
            OnnxGraph.Ints("tree_roots", _roots), OnnxGraph.Ints("nodes_featureids", _features),
            OnnxGraph.Tensor("nodes_modes", [.. _modes]), OnnxGraph.Tensor("nodes_splits", [.. _splits]),
            OnnxGraph.Ints("nodes_truenodeids", _trueNodes), OnnxGraph.Ints("nodes_trueleafs", _trueIsLeaf),
            OnnxGraph.Ints("nodes_falsenodeids", _falseNodes), OnnxGraph.Ints("nodes_falseleafs", _falseIsLeaf),
            OnnxGraph.Ints("nodes_missing_value_tracks_true", _missingIsTrue),
            OnnxGraph.Ints("leaf_targetids", _leafOutputs), OnnxGraph.Tensor("leaf_weights", [.. _leaves]),
        ];
        if (_members.Count > 0) attributes.Add(OnnxGraph.Tensor("membership_values", [.. _members]));
        return graph.Add("TreeEnsemble", [features], [.. attributes], OnnxGraph.MlDomain);
    }
}

/// <summary>A node that decides between two others.</summary>
/// <param name="Threshold">Up to it a value is true.</param>
/// <param name="Members">Where it isn't null: the values that are true, and no other.</param>
/// <param name="MissingIsTrue">Whether NaN is.</param>
/// <param name="True">The node that follows; negative: the leaf <c>~True</c>.</param>
/// <param name="False">The same for what isn't true.</param>
public readonly record struct OnnxTreeNode(
    int Feature, double Threshold, IReadOnlyList<int>? Members, bool MissingIsTrue, int True, int False);
