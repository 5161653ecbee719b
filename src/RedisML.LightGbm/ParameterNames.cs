using System.Text.Json;
using RedisML.LightGbm.Native;
using RedisML.Training;

namespace RedisML.LightGbm;

/// <summary>The names of LightGBM's parameters, from the library itself.</summary>
static class ParameterNames
{
    static readonly Lazy<Dictionary<string, string>> s_canonical = new(Read);

    /// <summary>The parameter that a name or another name of it stands for.</summary>
    public static string Canonical(string name) => s_canonical.Value.GetValueOrDefault(name, name);

    /// <summary>All parameters, each followed by its other names.</summary>
    public static IReadOnlyList<AlgorithmOption> Options => s_options.Value;

    /// <summary>Parameters that can't be given, and why.</summary>
    public static IReadOnlyDictionary<string, string> Refused { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["linear_tree"] = "linear models in leaves can't be taken up again, nor written as ONNX",
        ["reg_sqrt"] = "derive the root of the label with -Derive",
        ["zero_as_missing"] = "make zeros missing with -Derive",
        ["use_quantized_grad"] = "it is broken over nodes in the library itself",
        ["num_class"] = "the label tells",
        ["categorical_feature"] = "text is a category, and -Category names others",
        ["ignore_column"] = "-ExcludeFeature does that",
        ["label_column"] = "-Label does that",
        ["weight_column"] = "-SampleWeight does that",
        ["group_column"] = "ranking isn't supported",
        ["num_machines"] = "-NodeCount does that",
        // The library keeps it for the whole process: a training beside this one would write beyond what it has room for.
        ["num_threads"] = "-WorkerCount does that",
        ["machines"] = "nodes find each other by Redis",
        ["machine_list_filename"] = "nodes find each other by Redis",
        ["local_listen_port"] = "nodes exchange through Redis",
        ["time_out"] = "nodes exchange through Redis",
        ["pre_partition"] = "nodes share rows out themselves",
        ["device_type"] = "the library is built for the CPU",
        ["task"] = "it is to train",
        ["verbosity"] = "the library is quiet here",
        ["data"] = "rows come from the dataset",
        ["valid"] = "-Validation names the dataset",
        ["input_model"] = "a model is trained anew",
        ["output_model"] = "Export-RedisModel does that",
        ["output_result"] = "Invoke-RedisPrediction does that",
        ["config"] = "options are given one by one",
        ["header"] = "rows come from the dataset",
        ["two_round"] = "rows come from the dataset",
        ["precise_float_parser"] = "rows come from the dataset",
        ["parser_config_file"] = "rows come from the dataset",
        ["save_binary"] = "rows stay in Redis",
        ["snapshot_freq"] = "-CheckpointStep does that",
        ["saved_feature_importance_type"] = "both kinds are kept",
        ["convert_model"] = "Export-RedisModel does that",
        ["convert_model_language"] = "Export-RedisModel does that",
        ["forcedsplits_filename"] = "files of one machine aren't on the others",
        ["forcedbins_filename"] = "files of one machine aren't on the others",
    };

    // Those that are refused are listed too: who gives one is told why.
    static readonly Lazy<IReadOnlyList<AlgorithmOption>> s_options = new(() =>
    [
        .. from name in s_canonical.Value
           orderby Refused.ContainsKey(name.Value), name.Value, name.Key != name.Value, name.Key
           select new AlgorithmOption(name.Key, OptionType.Any, Refused.TryGetValue(name.Value, out var why) ? $"Isn't taken: {why}."
               : name.Key == name.Value ? $"LightGBM's {name.Key}." : $"Another name of {name.Value}.")
           {
               IsMinor = name.Key != name.Value || Refused.ContainsKey(name.Value),
           },
    ]);

    static Dictionary<string, string> Read()
    {
        string json;
        unsafe
        {
            json = LightGbmLibrary.Text(NativeMethods.LGBM_DumpParamAliases);
        }
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        using var document = JsonDocument.Parse(json);
        foreach (var parameter in document.RootElement.EnumerateObject()) names[parameter.Name] = parameter.Name;
        foreach (var parameter in document.RootElement.EnumerateObject())
            foreach (var alias in parameter.Value.EnumerateArray()) names.TryAdd(alias.GetString()!, parameter.Name);
        return names;
    }
}
