using System.Management.Automation;
using RedisML.Connections;
using RedisML.Models;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Models;

/// <summary>The cmdlets of models and parameters through the hosted engine.</summary>
public sealed class ModelCmdletTests : IDisposable
{
    readonly HostedEngine _engine = new();
    readonly TemporaryFolder _folder = new();

    public ModelCmdletTests(EmbeddedServerFixture server) =>
        Run($"$connection = Connect-RedisML 'redis://:{server.Password}@127.0.0.1:{server.Port}' -Prefix {TestPrefix.New()}");

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("3", "3", typeof(long), "")]
    [InlineData("3.0", "3.0", typeof(double), "")]
    [InlineData("0.1d", "0.1", typeof(double), "")]
    [InlineData("$true", "true", typeof(bool), "")]
    [InlineData("'relu'", "relu", typeof(string), "")]
    [InlineData("1, 2, 3", null, typeof(long[]), "3")]
    [InlineData("1, 2.5", null, typeof(double[]), "2")]
    [InlineData("1, 2.5d", null, typeof(double[]), "2")]
    [InlineData("[float[]](1, 2)", null, typeof(float[]), "2")]
    [InlineData("[int[]](1, 2)", null, typeof(int[]), "2")]
    [InlineData("[byte[]](1, 2)", null, typeof(byte[]), "2")]
    [InlineData("$true, $false", null, typeof(bool[]), "2")]
    [InlineData(",1", null, typeof(long[]), "1")]
    [InlineData("@()", null, typeof(double[]), "0")]
    [InlineData("@(1, 2, 3), @(4, 5, 6.5)", null, typeof(double[][]), "2,3")]
    [InlineData("@(1, 2), @(3, 4)", null, typeof(long[][]), "2,2")]
    [InlineData("[float[]](1, 2), [float[]](3, 4)", null, typeof(float[][]), "2,2")]
    [InlineData(",@(@(@(1, 2), @(3, 4)))", null, typeof(long[][][]), "1,2,2")]
    [InlineData("[double[,]]::new(2, 3)", null, typeof(double[][]), "2,3")]
    [InlineData("[System.Collections.Generic.List[double]](1, 2)", null, typeof(double[]), "2")]
    [InlineData("[decimal[]](1, 2)", null, typeof(double[]), "2")]
    [InlineData("1..3 | ForEach-Object { $_ * 0.5 }", null, typeof(double[]), "3")]
    public void A_value_comes_back_as_it_was_set(string value, string? stored, Type type, string shape)
    {
        dynamic parameter = Run($"$value = {value}; Set-RedisModelParameter m p $value; Get-RedisModelParameter m p").Single();
        Assert.Equal(("m", "p", type, shape), ((string)parameter.Model, (string)parameter.Name, (Type)parameter.Value.GetType(), string.Join(',', (int[])parameter.Shape)));
        if (stored is not null) Assert.Equal(stored, Raw(parameter.Value));
        dynamic copy = Run("Get-RedisModelParameter m | Set-RedisModelParameter -Model copy -PassThru").Single();
        Assert.Equal((object)parameter.Value, (object)copy.Value);
        Assert.Equal((int[])parameter.Shape, (int[])copy.Shape);

        static string Raw(object value) => (value switch { long l => new Scalar(l), double d => new Scalar(d), bool b => new Scalar(b), _ => new Scalar((string)value) }).ToString();
    }

    [Theory]
    [InlineData("(@(1, 2), @(3))", "RaggedParameterValue", "The rows of parameter 'p' differ: row 1, counted from 0, has 1 element, and row 0 has 2 elements.")]
    [InlineData("(1, @(2, 3))", "InvalidParameterValue", "Parameter 'p' can't hold")]
    [InlineData("('a', 'b')", "InvalidParameterValue", "Parameter 'p' can't hold a String")]
    [InlineData("(1, $null)", "InvalidParameterValue", "Parameter 'p' can't hold null")]
    [InlineData("@{ a = 1 }", "InvalidParameterValue", "Parameter 'p' can't hold a Hashtable")]
    [InlineData("([pscustomobject]@{ a = 1 })", "InvalidParameterValue", "Parameter 'p' can't hold a PSCustomObject")]
    [InlineData("([datetime]::Now)", "InvalidParameterValue", "Parameter 'p' can't hold a DateTime")]
    public void A_value_that_cannot_be_stored_is_an_error_and_nothing_is_written(string value, string errorId, string message)
    {
        var error = Error($"Set-RedisModelParameter m -Parameter ([ordered]@{{ good = 1; p = {value} }})");
        Assert.Equal($"{errorId},RedisML.PowerShell.Models.SetRedisModelParameterCommand", error.FullyQualifiedErrorId);
        Assert.Equal(("p", ErrorCategory.InvalidArgument), (error.TargetObject, error.CategoryInfo.Category));
        Assert.StartsWith(message, error.Exception.Message);
        Assert.Empty(Run("Get-RedisModel"));
    }

    [Fact]
    public void A_hashtable_is_set_at_once_and_another_client_reads_it()
    {
        Run("@{ w = @(1.5, 2), @(3, 4); rate = 0.25 } | Set-RedisModelParameter m");
        var connection = (RedisMLConnection)Run("$connection").Single().BaseObject;
        Assert.Equal("0.25", (string?)connection.Database.HashGet($"{connection.Prefix}:model:m:version:1", "rate"));
        var npy = (byte[]?)connection.Database.HashGet($"{connection.Prefix}:model:m:version:1", "w");
        Assert.Equal(new Tensor(new[] { 1.5, 2, 3, 4 }, 2, 2).Encode(), npy);
    }

    [Fact]
    public void Set_is_silent_and_WhatIf_writes_nothing()
    {
        Assert.Empty(Run("Set-RedisModelParameter m w 1"));
        Run("Set-RedisModelParameter m w 2 -WhatIf; Remove-RedisModelParameter m w -WhatIf; Remove-RedisModel m -WhatIf; Export-RedisModel m x.json -WhatIf");
        dynamic parameter = Run("Get-RedisModelParameter m").Single();
        Assert.Equal(1L, (object)parameter.Value);
    }

    [Fact]
    public void Names_match_by_wildcard_and_literally()
    {
        Run("Set-RedisModelParameter m -Parameter @{ 'layer[0]' = 1; 'layer[1]' = 2; bias = 3 }");
        Assert.Equal(["layer[0]", "layer[1]"], Names("Get-RedisModelParameter m layer*"));
        Assert.Equal(["layer[1]"], Names("Get-RedisModelParameter m 'layer[1]'"));
        Assert.Empty(Run("Get-RedisModelParameter m zzz*; Get-RedisModelParameter zzz* bias; Get-RedisModel zzz*"));
        Run("Get-RedisModelParameter m layer* | Remove-RedisModelParameter");
        Assert.Equal(["bias"], Names("Get-RedisModelParameter m*"));

        IEnumerable<string> Names(string script) => Run(script).Select(p => (string)p.Properties["Name"].Value);
    }

    [Theory]
    [InlineData("Get-RedisModel prise", "ModelNotFound,RedisML.PowerShell.Models.GetRedisModelCommand", "There is no model 'prise'. Did you mean 'price'?")]
    [InlineData("Get-RedisModel price -Version 9", "ModelVersionNotFound,RedisML.PowerShell.Models.GetRedisModelCommand", "Model 'price' has no version 9")]
    [InlineData("Get-RedisModelParameter price weigth", "ParameterNotFound,RedisML.PowerShell.Models.GetRedisModelParameterCommand",
        "There is no parameter of model 'price' with the name 'weigth'. Did you mean 'weight'?")]
    [InlineData("Remove-RedisModelParameter price wait", "ParameterNotFound,RedisML.PowerShell.Models.RemoveRedisModelParameterCommand", "There is no parameter")]
    [InlineData("Remove-RedisModel prise", "ModelNotFound,RedisML.PowerShell.Models.RemoveRedisModelCommand", "There is no model 'prise'")]
    [InlineData("Export-RedisModel prise x.json", "ModelNotFound,RedisML.PowerShell.Models.ExportRedisModelCommand", "There is no model 'prise'")]
    [InlineData("Set-RedisModelParameter price '@x' 1", "InvalidParameterName,RedisML.PowerShell.Models.SetRedisModelParameterCommand", "'@x' can't name a parameter")]
    [InlineData("Set-RedisModelParameter 'a b' x 1", "InvalidName,RedisML.PowerShell.Models.SetRedisModelParameterCommand", "'a b' can't name a model")]
    [InlineData("Export-RedisModel price x.txt", "UnknownModelFormat,RedisML.PowerShell.Models.ExportRedisModelCommand", "'x.txt' doesn't end in .onnx")]
    [InlineData("Export-RedisModel price no-such-folder/x.json", "DirectoryNotFound,RedisML.PowerShell.Models.ExportRedisModelCommand", "There is no directory")]
    [InlineData("Export-RedisModel price x.onnx", "ModelNotTrained,RedisML.PowerShell.Models.ExportRedisModelCommand", "Model 'price' was set by hand")]
    public void A_mistake_is_one_clear_error(string script, string errorId, string message)
    {
        Run("Set-RedisModelParameter price weight 1");
        var error = Error(script);
        Assert.Equal(errorId, error.FullyQualifiedErrorId);
        Assert.StartsWith(message, error.Exception.Message);
    }

    [Fact]
    public void Models_flow_through_the_pipeline()
    {
        Run("Set-RedisModelParameter a w 1; Set-RedisModelParameter b w 2");
        Assert.Equal([1L, 2L], Run("Get-RedisModel | Get-RedisModelParameter | ForEach-Object Value").Select(v => v.BaseObject));
        Run("'a', 'b' | Remove-RedisModel");
        Assert.Empty(Run("Get-RedisModel"));
    }

    [Fact]
    public void Export_writes_the_file_whole_and_replaces_it_only_by_force()
    {
        Run("Set-RedisModelParameter m w (1, 2)");
        var path = Path.Combine(_folder.Path, "m.json");
        dynamic file = Run($"Export-RedisModel m '{path}'").Single();
        Assert.Equal(path, (string)file.FullName);
        var before = File.ReadAllBytes(path);
        Assert.StartsWith("FileExists", Error($"Export-RedisModel m '{path}' -Format Safetensors").FullyQualifiedErrorId);
        Assert.Equal(before, File.ReadAllBytes(path));
        Run($"Export-RedisModel m '{path}' -Format Safetensors -Force; Get-RedisModel m | Export-RedisModel -Path {{ '{_folder.Path}/' + $_.Name + '.safetensors' }}");
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(_folder.Path, "m.safetensors")));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void A_failed_export_leaves_no_file()
    {
        Run("Set-RedisModelParameter m w 1");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "taken.json"));
        Assert.StartsWith("FileNotWritten", Error($"Export-RedisModel m '{_folder.Path}/taken.json' -Force").FullyQualifiedErrorId);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("Get-RedisModel pr", "price")]
    [InlineData("Set-RedisModelParameter price we", "weight")]
    [InlineData("Get-RedisModelParameter -Model price -Name ", "'learning rate',weight")]
    [InlineData("Get-RedisModelParameter no-such-model w", "")]
    public void Names_complete(string line, string completions)
    {
        Run("Set-RedisModelParameter price -Parameter @{ weight = 1; 'learning rate' = 2 }");
        Assert.Equal(completions, Complete(line));
    }

    [Fact]
    public void Without_a_server_nothing_completes_and_nothing_is_said()
    {
        using var engine = new HostedEngine();
        var result = engine.Invoke("(TabExpansion2 'Get-RedisModel pr' 17).CompletionMatches | Where-Object ResultType -eq ParameterValue");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
    }

    string Complete(string line) => string.Join(',', Run($"(TabExpansion2 '{line}' {line.Length}).CompletionMatches | ForEach-Object CompletionText"));

    IReadOnlyList<PSObject> Run(string script) => _engine.Invoke(script).OutputWithoutErrors;

    ErrorRecord Error(string script) => Assert.Single(_engine.Invoke(script).Errors);
}
