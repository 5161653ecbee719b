using RedisML.Connections;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

public sealed class ImportCmdletTests(EmbeddedServerFixture embedded) : IDisposable
{
    readonly HostedEngine _engine = new();
    readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Objects_of_the_pipeline_become_rows_with_types_of_their_own_or_of_their_text()
    {
        await using var connection = await embedded.ConnectAsync();
        var output = Run(connection, """
            1..5000 | ForEach-Object { [pscustomobject]@{ n = "$_"; x = $_ / 4; t = if ($_ % 2) { 'odd' } else { '' }; when = [datetime]'2024-01-01' } } |
                Import-RedisTrainingData -Dataset d -Connection $connection
            """);
        Assert.Equal((5000L, 5000L), (output.RowsRead, output.RowsWritten));
        var rows = await connection.RowsAsync("d");
        Assert.Equal<object?>([1L, 0.25, "odd", new DateTime(2024, 1, 1)], rows[0]);
        Assert.Equal<object?>([5000L, 1250.0, null, new DateTime(2024, 1, 1)], rows[^1]);
    }

    [Fact]
    public async Task Hashtables_are_rows_too_and_what_one_lacks_is_missing()
    {
        await using var connection = await embedded.ConnectAsync();
        Run(connection, "@{ a = 1 }, @{ a = 2; b = 'x' }, @{ b = 'y' } | Import-RedisTrainingData -Dataset d -Connection $connection");
        Assert.Equal<object?[]>([[1L, null], [2L, "x"], [null, "y"]], await connection.RowsAsync("d"));
    }

    [Fact]
    public async Task An_object_that_does_not_fit_stops_the_import_with_its_number_and_leaves_nothing()
    {
        await using var connection = await embedded.ConnectAsync();
        var result = _engine.Invoke(
            "param($connection) 1..50000 | ForEach-Object { @{ a = if ($_ -eq 40000) { 'oops' } else { $_ } } } | Import-RedisTrainingData -Dataset d -Connection $connection",
            new System.Collections.Hashtable { ["connection"] = connection });
        Assert.Contains("object 40000: 'oops' in column 'a' is no Int64", Assert.Single(result.Errors).ToString());
        Assert.Empty(await connection.KeysAsync());
    }

    [Theory]
    [InlineData("[pscustomobject]")]
    [InlineData("")]
    public async Task A_property_that_only_a_later_object_has_is_an_error_that_names_both_or_a_bad_row(string type)
    {
        await using var connection = await embedded.ConnectAsync();
        // A custom object that only has one more is noticed where it is the sixteenth.
        var objects = $"1..30000 | ForEach-Object {{ if ($_ -eq 28992) {{ {type}@{{ a = $_; late = 'x' }} }} else {{ {type}@{{ a = $_ }} }} }}";
        var result = _engine.Invoke($"param($connection) {objects} | Import-RedisTrainingData -Dataset d -Connection $connection", new System.Collections.Hashtable { ["connection"] = connection });
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("BadRow,", error.FullyQualifiedErrorId);
        Assert.Matches("object 28992: a property that the first objects don't have .*: late", error.ToString());
        Assert.Empty(await connection.KeysAsync());

        var output = Run(connection, $"{objects} | Import-RedisTrainingData -Dataset d -BadRow Skip -Connection $connection -WarningAction SilentlyContinue");
        Assert.Equal((30_000L, 29_999L, 1L), (output.RowsRead, output.RowsWritten, output.RowsRejected));
        Run(connection, $"{objects.Replace("'x'", "$null")} | Import-RedisTrainingData -Dataset e -Connection $connection");
        Assert.Equal(30_000, (await connection.RowsAsync("e")).Count);
    }

    [Fact]
    public async Task A_later_object_of_another_kind_is_noticed_wherever_it_comes()
    {
        await using var connection = await embedded.ConnectAsync();
        var result = _engine.Invoke(
            "param($connection) 1..20000 | ForEach-Object { if ($_ -eq 19999) { [pscustomobject]@{ b = $_ } } else { [pscustomobject]@{ a = $_ } } } | Import-RedisTrainingData -Dataset d -Connection $connection",
            new System.Collections.Hashtable { ["connection"] = connection });
        Assert.Matches("object 19999: .*: b", Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public async Task Objects_that_did_not_fit_are_corrected_in_a_file_and_added()
    {
        await using var connection = await embedded.ConnectAsync();
        var rejects = Path.Combine(_folder.Path, "r.jsonl");
        Run(connection, $"1..20 | ForEach-Object {{ [pscustomobject]@{{ n = if ($_ -eq 7) {{ 'seven' }} else {{ $_ }}; x = $_ / 4; ok = $true }} }} | Import-RedisTrainingData -Dataset d -Schema @{{ n = 'Int64' }} -RejectPath '{rejects}' -Connection $connection -WarningAction SilentlyContinue");
        Assert.Equal("""{"_line":7,"_column":"n","_value":"seven","_reason":"is no Int64","n":"seven","x":1.75,"ok":true}""" + "\n", File.ReadAllText(rejects));
        File.WriteAllText(rejects, File.ReadAllText(rejects).Replace("\"n\":\"seven\"", "\"n\":7"));
        Run(connection, $"Import-RedisTrainingData '{rejects}' -Dataset d -Append -Connection $connection");
        Assert.Equal<object?>([7L, 1.75, true], (await connection.RowsAsync("d"))[^1]);
    }

    [Fact]
    public async Task Files_of_the_pipeline_become_one_dataset_where_it_is_named()
    {
        await using var connection = await embedded.ConnectAsync();
        _folder.Write("p1.csv", "a,b\n1,x\n");
        _folder.Write("p2.csv", "a,b\n2.5,\n");
        var folder = _folder.Path;
        var output = Run(connection, $"'{folder}/p1.csv', [IO.FileInfo]'{folder}/p2.csv' | Import-RedisTrainingData -Dataset d -Connection $connection");
        Assert.Equal(2L, output.RowsWritten);
        Assert.Equal<object?[]>([[1.0, "x"], [2.5, null]], await connection.RowsAsync("d"));

        var single = Run(connection, $"Import-RedisTrainingData '{folder}/p*.csv' -Dataset d -Connection $connection");
        Assert.True(single.Unchanged);
        _folder.Write("p3.csv", "a,c\n1,x\n");
        var error = Assert.Single(_engine.Invoke($"param($connection) Import-RedisTrainingData '{folder}/p*.csv' -Dataset e -Connection $connection",
            new System.Collections.Hashtable { ["connection"] = connection }).Errors);
        Assert.StartsWith("SchemaMismatch", error.FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Export_writes_the_file_that_import_reads()
    {
        await using var connection = await embedded.ConnectAsync();
        Run(connection, "1..10 | ForEach-Object { @{ a = $_ } } | Import-RedisTrainingData -Dataset d -Connection $connection");
        var path = Path.Combine(_folder.Path, "d.parquet");
        var output = Run(connection, $"Export-RedisTrainingData d '{path}' -First 3 -Connection $connection");
        Assert.Equal(3L, output.Rows);
        Run(connection, $"Import-RedisTrainingData '{path}' -Dataset e -Connection $connection");
        Assert.Equal<object?[]>([[1L], [2L], [3L]], await connection.RowsAsync("e"));
        Assert.Empty(_engine.Invoke($"param($connection) Export-RedisTrainingData d '{path}.csv' -WhatIf -Connection $connection",
            new System.Collections.Hashtable { ["connection"] = connection }).Errors);
        Assert.False(File.Exists(path + ".csv"));
    }

    [Fact]
    public async Task Rows_are_chosen_by_a_condition_and_a_seeded_sample()
    {
        await using var connection = await embedded.ConnectAsync();
        Run(connection, "1..5000 | ForEach-Object { @{ a = $_; t = if ($_ % 2) { 'odd' } else { 'even' } } } | Import-RedisTrainingData -Dataset d -Compression Zstd -Connection $connection");
        Assert.Equal([4998L, 5000L], Values("Get-RedisTrainingData d -Filter 'a > 4996 and t == \"even\"' -Connection $connection"));
        Assert.Equal([14L, 16L], Values("Get-RedisTrainingData d -Filter 't == \"even\"' -Skip 6 -First 2 -Connection $connection"));
        var sample = Values("Get-RedisTrainingData d -Filter 'a <= 100' -Sample 10 -Seed 3 -Connection $connection");
        Assert.Equal(10, sample.Distinct().Count());
        Assert.All(sample, a => Assert.InRange(a, 1, 100));
        Assert.Equal(sample.Order(), sample);
        Assert.Equal(sample, Values("Get-RedisTrainingData d -First 100 -Sample 10 -Seed 3 -Connection $connection"));
        Assert.NotEqual(sample, Values("Get-RedisTrainingData d -First 100 -Sample 10 -Seed 4 -Connection $connection"));

        List<long> Values(string script) => [.. _engine.Invoke("param($connection) " + script, new System.Collections.Hashtable { ["connection"] = connection })
            .OutputWithoutErrors.Select(row => (long)row.Properties["a"].Value)];
    }

    dynamic Run(RedisMLConnection connection, string script) =>
        Assert.Single(_engine.Invoke("param($connection) " + script, new System.Collections.Hashtable { ["connection"] = connection }).OutputWithoutErrors).BaseObject;
}
