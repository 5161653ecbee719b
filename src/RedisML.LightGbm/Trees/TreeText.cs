using System.Globalization;
using System.Text;
using static RedisML.LightGbm.Trees.TextCheck;

namespace RedisML.LightGbm.Trees;

/// <summary>A tree in LightGBM's text: lines <c>name=values</c>, the first its number.</summary>
static class TreeText
{
    const int MaxLeaves = 1 << 20;
    const string Number = "Tree=";

    /// <summary>Reads a tree, and trusts nothing of it.</summary>
    /// <param name="features">How many there are.</param>
    /// <exception cref="InvalidDataException"></exception>
    public static Tree Parse(string text, int features)
    {
        var fields = Fields(text);
        int leaves = ParseInt(Field("num_leaves"));
        Demand(leaves is >= 1 and <= MaxLeaves, $"a tree has {leaves} leaves");
        Demand(fields.GetValueOrDefault("is_linear", "0") == "0", "its trees have linear models in their leaves, which aren't supported");
        int nodes = leaves - 1, sets = ParseInt(fields.GetValueOrDefault("num_cat", "0"));
        Demand(sets >= 0 && sets <= nodes, $"a tree has {sets} sets of categories");
        var tree = new Tree
        {
            Feature = Ints("split_feature", nodes),
            Threshold = Doubles("threshold", nodes),
            Decision = [.. Ints("decision_type", nodes).Select(value => checked((byte)value))],
            Left = Ints("left_child", nodes),
            Right = Ints("right_child", nodes),
            Gain = Doubles("split_gain", nodes),
            Leaf = Doubles("leaf_value", leaves),
            SetStart = sets == 0 ? [0] : Ints("cat_boundaries", sets + 1),
            SetWords = sets == 0 ? [] : [.. Values("cat_threshold", null).Select(word => uint.Parse(word, CultureInfo.InvariantCulture))],
        };
        Check(tree, features, sets);
        return tree;

        string Field(string name)
        {
            Demand(fields.TryGetValue(name, out var value), $"a tree lacks {name}");
            return value!;
        }

        string[] Values(string name, int? count)
        {
            if (count == 0) return [];
            var values = Field(name).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Demand(count is null || values.Length == count, $"{name} of a tree has {values.Length} values and not {count}");
            return values;
        }

        int[] Ints(string name, int count) => [.. Values(name, count).Select(ParseInt)];

        double[] Doubles(string name, int count) => [.. Values(name, count).Select(ParseDouble)];
    }

    /// <summary>The same tree under another number.</summary>
    public static string Renumber(string text, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Number}{number}") + text[text.IndexOf('\n', StringComparison.Ordinal)..];

    /// <summary>The same tree with a number added to what each node and leaf says.</summary>
    public static string Add(string text, double bias)
    {
        var result = new StringBuilder(text.Length + 64);
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            int end = line.IndexOf('=', StringComparison.Ordinal) + 1;
            if (line.StartsWith("leaf_value=", StringComparison.Ordinal) || line.StartsWith("internal_value=", StringComparison.Ordinal))
            {
                var values = line[end..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(value => (ParseDouble(value) + bias).ToString("R", CultureInfo.InvariantCulture));
                result.Append(line, 0, end).AppendJoin(' ', values);
            }
            else
            {
                result.Append(line);
            }
            result.Append('\n');
        }
        return result.ToString();
    }

    internal static int ParseInt(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    static double ParseDouble(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    internal static Dictionary<string, string> Fields(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            int end = line.IndexOf('=', StringComparison.Ordinal);
            if (end > 0) fields[line[..end]] = line[(end + 1)..].TrimEnd('\r');
        }
        return fields;
    }

    static void Check(Tree tree, int features, int sets)
    {
        int nodes = tree.Feature.Length;
        for (int node = 0; node < nodes; node++)
        {
            Demand((uint)tree.Feature[node] < (uint)features, $"a tree splits by feature {tree.Feature[node]} of {features}");
            Demand(IsChild(tree.Left[node], node) && IsChild(tree.Right[node], node), "a node of a tree leads nowhere, or back");
            Demand(!tree.IsCategorical(node) || tree.Threshold[node] >= 0 && tree.Threshold[node] < sets
                && tree.Threshold[node] == Math.Floor(tree.Threshold[node]), "a node of a tree has no set of categories");
            Demand(!double.IsNaN(tree.Threshold[node]) && (int)tree.MissingType(node) < 3, "a node of a tree decides by nothing");
        }
        Demand(tree.Leaf.All(double.IsFinite), "a leaf of a tree isn't finite");
        Demand(tree.SetStart[0] == 0 && tree.SetStart[^1] == tree.SetWords.Length
            && tree.SetStart.Zip(tree.SetStart.Skip(1)).All(pair => pair.First <= pair.Second), "sets of categories aren't in order");

        bool IsChild(int child, int node) => child >= 0 ? child > node && child < nodes : ~child <= nodes;
    }
}
