using System.Text;
using RedisML.Errors;
using RedisML.Features;
using RedisML.LightGbm;
using RedisML.LightGbm.Native;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training;
using Machine = System.Runtime.InteropServices.Architecture;

namespace RedisML.Unit.LightGbm;

/// <summary>Models that come and go as LightGBM's text, and what the module holds.</summary>
public sealed class LightGbmFormatTests
{
    static readonly TestTable s_table = BoostingTable.Create(1200);

    /// <summary>With the levels at its end, a text predicts what the model that wrote it does; without them, by the numbers of
    /// categories.</summary>
    [Theory]
    [InlineData("yes", "no,yes")]
    [InlineData("kind", "a,b,c")]
    [InlineData("y", null)]
    public async Task A_text_that_goes_out_comes_in_and_predicts_the_same(string label, string? classes)
    {
        var result = await s_table.TrainAsync(
            BoostingTable.Specification(label, ("num_iterations", 6), ("min_data_in_leaf", 5)), workerCount: 1);
        var family = ModelFamilies.Get("LightGbm");
        var text = family.WriteNative(BoostingTable.Model(result), result.Parameters.ToDictionary())!;
        var imported = new LightGbmFormat().Read(text, new() { Label = label, Classes = classes?.Split(',') });
        Assert.Equal(result.Task.IsClassification(), imported.Definition!.Task.IsClassification());
        var model = BoostingTable.Model(result) with { Definition = imported.Definition };
        using var rows = RowBatch.Of(s_table.Batch());
        var predictions = ModelFamilies.Load(model, imported.Parameters).Predict(rows);
        var expected = BoostingTable.Predict(result, s_table);
        Assert.Equal(expected.Values, predictions.Values);
        Assert.Equal(expected.Probabilities, predictions.Probabilities);

        var foreign = Encoding.UTF8.GetString(text);
        foreign = foreign[..foreign.LastIndexOf("pandas_categorical:", StringComparison.Ordinal)] + "pandas_categorical:null\n";
        var numbered = new LightGbmFormat().Read(Encoding.UTF8.GetBytes(foreign), new() { Label = label }).Definition!.RequirePipeline();
        Assert.Equal(["x", "z", "code", "text"], numbered.Features.Select(feature => feature.Column));
        Assert.Equal([false, false, true, true], numbered.Features.Select(feature => feature is CategoryFeature));
        Assert.Equal("0", ((CategoryFeature)numbered.Features[3]).Levels[0]);
    }

    [Theory]
    [InlineData("", "ModelTextInvalid")]
    [InlineData("PK\u0003\u0004", "ModelTextInvalid")]
    [InlineData("tree\nversion=v4\nnum_tree_per_iteration=1\nmax_feature_idx=0\nfeature_names=a\nobjective=lambdarank\n\n"
        + "Tree=0\nnum_leaves=1\nleaf_value=1\n\n\nend of trees\n", "ModelTextInvalid")]
    [InlineData("tree\nversion=v4\nnum_tree_per_iteration=1\nmax_feature_idx=0\nfeature_names=a\nobjective=regression\n\n"
        + "Tree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nsplit_gain=1\nthreshold=0\ndecision_type=2\nleft_child=0\nright_child=-2\n"
        + "leaf_value=1 2\n\n\nend of trees\n", "ModelTextInvalid")]
    public void What_is_no_model_is_refused(string text, string errorId) => Assert.Equal(errorId,
        Assert.Throws<RedisMLException>(() => new LightGbmFormat().Read(Encoding.UTF8.GetBytes(text), new ModelImportOptions())).ErrorId);

    [Fact]
    public void Where_the_library_does_not_load_the_error_says_what_helps()
    {
        Assert.Contains("arm64", LightGbmLibrary.Reason(Machine.Arm64, isLinux: true, isMac: false, isMusl: false, hasGomp: true));
        Assert.Contains("libgomp1", LightGbmLibrary.Reason(Machine.X64, isLinux: true, isMac: false, isMusl: false, hasGomp: false));
        Assert.Contains("glibc", LightGbmLibrary.Reason(Machine.X64, isLinux: true, isMac: false, isMusl: true, hasGomp: true));
        Assert.Contains("libomp", LightGbmLibrary.Reason(Machine.X64, isLinux: false, isMac: true, isMusl: false, hasGomp: false));
        Assert.Contains("Visual C++", LightGbmLibrary.Reason(Machine.X64, isLinux: false, isMac: false, isMusl: false, hasGomp: false));
    }

    /// <summary>A program that isn't called, or a library that Core has, would be carried by everybody.</summary>
    [Fact]
    public void The_module_holds_its_assembly_and_the_natives_and_no_more()
    {
        var folder = HostedEngine.ModulePath + ".LightGbm";
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Where(file => !file.EndsWith("libgomp.so.1"));
        Assert.Equal(
        [
            "RedisML.LightGbm.psd1", "lib/RedisML.LightGbm.deps.json", "lib/RedisML.LightGbm.dll",
            "lib/runtimes/linux-x64/native/lib_lightgbm.so", "lib/runtimes/osx-x64/native/lib_lightgbm.dylib",
            "lib/runtimes/win-x64/native/lib_lightgbm.dll",
        ], files.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(HostedEngine.ModulePath, "*lightgbm*", SearchOption.AllDirectories));
    }
}
