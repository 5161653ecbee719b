using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using RedisML.Errors;

namespace RedisML.Unit.Architecture;

/// <summary>Arrows between the folders of Core run down only: a folder uses those of lower rows,
/// and may use its neighbours before it.</summary>
public sealed class LayerTests
{
    /// <summary>From the bottom up. A new folder needs a place here.</summary>
    static readonly string[] s_layers =
    [
        "Errors", "Diagnostics", "Processes", "Extensions", "Numerics", "Charts", "Sealing", "Connections", "Columns", "Expressions",
        "Formats", "Datasets",
        "Features",
        "Models", "Importing", "Exporting", "Runs", "Prediction", "Evaluation", "Serving", "Training", "ModelFiles", "Algorithms",
        "Online",
    ];

    [Fact]
    public void Arrows_run_down()
    {
        var architecture = new ArchLoader().LoadAssembly(typeof(RedisMLException).Assembly).Build();
        var types = architecture.Types.Where(type => FolderOf(type.FullName) is not null).ToList();
        Assert.True(types.Count > 300, $"Only {types.Count} types were found.");
        var up = from type in types
                 from dependency in type.Dependencies
                 where dependency.Target is not GenericParameter // which the library ascribes to any type that has one of its name
                 let folder = FolderOf(type.FullName)
                 let target = FolderOf(dependency.Target.FullName)
                 where target is not null && RankOf(folder) < RankOf(target)
                 select $"{type.FullName} -> {dependency.Target.FullName}";
        Assert.True(!up.Any(), string.Join("\n", up.Distinct()));
    }

    static int RankOf(string folder) => Array.IndexOf(s_layers, folder) is >= 0 and var rank ? rank
        : throw new InvalidOperationException($"The folder {folder} has no place among the layers.");

    /// <summary>The folder of a type of Core; null for what is elsewhere, or generated.</summary>
    static string? FolderOf(string name) => name.Split('.') is ["RedisML", var folder, _, ..] ? folder : null;
}
