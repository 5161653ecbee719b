namespace RedisML.LightGbm.Trees;

/// <summary>How much each feature matters to trees.</summary>
static class Importance
{
    /// <summary>How often each feature splits.</summary>
    public static double[] Splits(IEnumerable<Tree> trees, int features) => Sum(trees, features, (_, _) => 1);

    /// <summary>By how much the splits of each feature lower the objective, together.</summary>
    public static double[] Gains(IEnumerable<Tree> trees, int features) => Sum(trees, features, (tree, node) => tree.Gain[node]);

    /// <remarks>As LightGBM does, splits that gain nothing don't count.</remarks>
    static double[] Sum(IEnumerable<Tree> trees, int features, Func<Tree, int, double> value)
    {
        var sums = new double[features];
        foreach (var tree in trees)
        {
            for (int node = 0; node < tree.Feature.Length; node++)
                if (tree.Gain[node] > 0) sums[tree.Feature[node]] += value(tree, node);
        }
        return sums;
    }
}
