using System.Management.Automation;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets.Splitting;

/// <summary><c>Split-RedisDataset</c> through the hosted engine.</summary>
public sealed class SplitCmdletTests : IDisposable
{
    readonly RecordingHost _host = new();
    readonly HostedEngine _engine;
    readonly TemporaryFolder _folder = new();

    public SplitCmdletTests(EmbeddedServerFixture server)
    {
        _engine = new(_host);
        var path = _folder.Write("a.csv", "id,kind\n" + string.Concat(Enumerable.Range(0, 800).Select(i => $"{i},k{i % 3}\n")));
        Run($"""
            $null = Connect-RedisML 'redis://:{server.Password}@127.0.0.1:{server.Port}' -Prefix {TestPrefix.New()}
            $null = Import-RedisTrainingData '{path}'
            """);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Parts_have_names_rows_and_classes_and_go_on_in_the_pipeline()
    {
        const string split = "Split-RedisDataset a -Fraction 0.5, 0.25, 0.25 -PartName x, y, z -Stratify kind";
        Assert.Equal("a-x 400 0.5,a-y 200 0.25,a-z 200 0.25", Text($"{split} | ForEach-Object {{ \"$($_.Name) $($_.Rows) $($_.Share)\" }}"));
        Assert.Equal("k0=67,k1=67,k2=66", Text($"({split})[1].Classes | ForEach-Object {{ \"$($_.Value)=$($_.Rows)\" }}"));
        Assert.Equal("a-x,a-y,a-z", Text($"{split} | Get-RedisDataset | ForEach-Object Name"));
    }

    [Theory]
    [InlineData("-Fraction 0.5, 0.6", "InvalidFraction")]
    [InlineData("-Fraction 0.5, 0.5 -PartName a", "InvalidPartName")]
    [InlineData("-Stratify knd", "ColumnNotFound")]
    [InlineData("-Stratify kind -By kind", "ConflictingOptions")]
    [InlineData("-Sorted", "ConflictingOptions")]
    [InlineData("-By kind -Sorted", "UnsortableColumn")]
    [InlineData("-TestFraction 0.5 -Fraction 0.5, 0.5", "AmbiguousParameterSet")]
    public void What_makes_no_sense_is_an_error(string arguments, string id) =>
        Assert.StartsWith(id + ",", Assert.Single(_engine.Invoke($"Split-RedisDataset a {arguments}").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void WhatIf_says_what_would_come_and_writes_nothing()
    {
        Run("Split-RedisDataset a -Fraction 0.7, 0.15, 0.15 -By kind -WhatIf");
        Assert.Contains(_host.Lines, line => line.Contains("Split into 'a-train' (70 %), 'a-validation' (15 %) and 'a-test' (15 %), by 'kind'", StringComparison.Ordinal));
        Assert.Equal("a", Text("Get-RedisDataset | ForEach-Object Name"));
    }

    [Theory]
    [InlineData("Split-RedisDataset a -Stratify k")]
    [InlineData("Split-RedisDataset -Name a -By k")]
    public void Column_names_complete(string line) =>
        Assert.Equal("kind", Text($"(TabExpansion2 '{line}' {line.Length}).CompletionMatches | ForEach-Object CompletionText"));

    string Text(string script) => string.Join(',', Run(script));

    IReadOnlyList<PSObject> Run(string script) => _engine.Invoke(script).OutputWithoutErrors;
}
