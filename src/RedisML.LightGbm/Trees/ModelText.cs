using System.Globalization;
using System.Text;
using RedisML.Errors;
using static RedisML.LightGbm.Trees.TextCheck;

namespace RedisML.LightGbm.Trees;

/// <summary>A model in LightGBM's text form (version 3 and 4), cut into its parts: a header, trees, parameters.</summary>
/// <remarks>It is read without the native library, which trusts what it reads.</remarks>
sealed class ModelText
{
    const string TreeStart = "Tree=";
    const string EndOfTrees = "end of trees";
    const string ParametersStart = "\nparameters:", EndOfParameters = "end of parameters";
    const string PandasStart = "pandas_categorical:";
    const int MaxFeatures = 1 << 20, MaxOutputs = 1 << 16;

    ModelText(string header, IReadOnlyList<string> trees, string parameters, string pandas)
    {
        (Header, Trees, Parameters, Categories) = (header, trees, parameters, pandas);
        var fields = TreeText.Fields(header);
        Demand(header.StartsWith("tree\n", StringComparison.Ordinal) || header.StartsWith("tree\r\n", StringComparison.Ordinal),
            "it doesn't begin with 'tree'");
        Demand(fields.GetValueOrDefault("version") is "v3" or "v4", "it isn't of version v3 or v4");
        Demand(!header.Contains("\naverage_output", StringComparison.Ordinal), "it is a random forest, which isn't supported");
        FeatureCount = Int("max_feature_idx") + 1;
        Outputs = Int("num_tree_per_iteration");
        Demand(FeatureCount is > 0 and <= MaxFeatures && Outputs is > 0 and <= MaxOutputs, "it has no features or no outputs");
        Demand(trees.Count > 0 && trees.Count % Outputs == 0, $"it has {trees.Count} trees for {Outputs} outputs");
        FeatureNames = Words("feature_names");
        FeatureInfos = Words("feature_infos");
        Demand(FeatureNames.Count == FeatureCount, $"it doesn't name its {FeatureCount} features");
        Demand(FeatureInfos.Count == 0 || FeatureInfos.Count == FeatureCount, $"it doesn't describe its {FeatureCount} features");
        Objective = fields.GetValueOrDefault("objective", "");

        int Int(string name)
        {
            Demand(fields.TryGetValue(name, out var value), $"it lacks {name}");
            return TreeText.ParseInt(value!);
        }

        string[] Words(string name) => fields.GetValueOrDefault(name, "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The lines before the first tree.</summary>
    public string Header { get; }

    /// <summary>The text of each tree, an iteration's after the other's, and in an iteration output after output.</summary>
    public IReadOnlyList<string> Trees { get; }

    /// <summary>What it was trained with, a line each: <c>[name: value]</c>.</summary>
    public string Parameters { get; }

    /// <summary>The levels of categories as the Python package writes them: JSON, a list a category; "null" or empty for none.</summary>
    public string Categories { get; }

    public int FeatureCount { get; }

    /// <summary>Trees an iteration: one, or one a class.</summary>
    public int Outputs { get; }

    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>Of each feature <c>[least:greatest]</c>, the categories <c>1:0:2</c>, or <c>none</c>; empty where it isn't told.</summary>
    public IReadOnlyList<string> FeatureInfos { get; }

    /// <summary>Its name, and what it was told: <c>binary sigmoid:1</c>.</summary>
    public string Objective { get; }

    /// <exception cref="RedisMLException"><c>ModelTextInvalid</c></exception>
    /// <param name="target">What an error is about.</param>
    public static ModelText Parse(string text, object? target) => Guard(() =>
    {
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        int first = text.IndexOf("\n" + TreeStart, StringComparison.Ordinal) + 1;
        int end = text.IndexOf("\n" + EndOfTrees, StringComparison.Ordinal) + 1;
        Demand(first > 0, "it has no tree");
        Demand(end > first, "its end is missing");
        var trees = new List<string>();
        for (int start = first; start < end;)
        {
            int next = text.IndexOf("\n" + TreeStart, start, StringComparison.Ordinal) + 1;
            if (next == 0 || next > end) next = end;
            trees.Add(text[start..next]);
            start = next;
        }
        int parameters = text.IndexOf(ParametersStart, end, StringComparison.Ordinal);
        int endOfParameters = parameters < 0 ? -1 : text.IndexOf(EndOfParameters, parameters, StringComparison.Ordinal);
        int pandas = text.IndexOf(PandasStart, end, StringComparison.Ordinal);
        return new ModelText(text[..first], trees,
            endOfParameters < 0 ? "" : text[(parameters + ParametersStart.Length)..endOfParameters].Trim('\n'),
            pandas < 0 ? "" : text[(pandas + PandasStart.Length)..].Split('\n')[0].Trim());
    }, target);

    /// <summary>The trees, read.</summary>
    /// <exception cref="RedisMLException"><c>ModelTextInvalid</c></exception>
    public Tree[] ReadTrees(object? target) => Guard(() => Trees.Select(tree => TreeText.Parse(tree, FeatureCount)).ToArray(), target);

    /// <summary>The whole text: of this header and parameters, with these trees and names.</summary>
    /// <param name="names">A name a feature, as <see cref="Names"/> makes them.</param>
    /// <param name="categories">The levels of categories in JSON.</param>
    public string Compose(IReadOnlyList<string> trees, IReadOnlyList<string> names, string categories)
    {
        var numbered = trees.Select(TreeText.Renumber).ToList();
        var text = new StringBuilder();
        foreach (var line in Header.TrimEnd('\n').Split('\n'))
        {
            text.Append(line.StartsWith("feature_names=", StringComparison.Ordinal) ? $"feature_names={string.Join(' ', names)}"
                : line.StartsWith("tree_sizes=", StringComparison.Ordinal)
                    ? $"tree_sizes={string.Join(' ', numbered.Select(Encoding.UTF8.GetByteCount))}" : line).Append('\n');
        }
        text.Append('\n');
        foreach (var tree in numbered) text.Append(tree);
        text.Append(EndOfTrees).Append("\n\nfeature_importances:\n");
        var splits = Importance.Splits(trees.Select(tree => TreeText.Parse(tree, FeatureCount)), FeatureCount);
        foreach (int feature in Enumerable.Range(0, FeatureCount).Where(f => splits[f] > 0).OrderByDescending(f => splits[f]))
            text.Append(names[feature]).Append('=').Append(splits[feature].ToString(CultureInfo.InvariantCulture)).Append('\n');
        return text.Append(ParametersStart).Append('\n').Append(Parameters).Append("\n\n").Append(EndOfParameters).Append("\n\n")
            .Append(PandasStart).Append(categories).Append('\n').ToString();
    }

    /// <summary>Names that LightGBM takes: without spaces and signs of JSON, each once.</summary>
    public static string[] Names(IEnumerable<string> columns)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        return [.. columns.Select(column =>
        {
            var name = string.Concat(column.Select(c => char.IsWhiteSpace(c) || char.IsControl(c) || "\",:[]{}=".Contains(c) ? '_' : c));
            var free = name;
            for (int i = 1; !used.Add(free); i++) free = $"{name}_{i}";
            return free;
        })];
    }

    static T Guard<T>(Func<T> read, object? target)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or OverflowException or ArgumentException)
        {
            throw new RedisMLException("ModelTextInvalid", ErrorKind.InvalidData,
                $"The model isn't LightGBM's text, or it is damaged: {e.Message.TrimEnd('.')}.", target, e);
        }
    }
}
