using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Exporting;
using RedisML.Importing;
using RedisML.Unit.Fixtures;
using Server = RedisML.EmbeddedServer.EmbeddedServer;

#pragma warning disable CA1416 // Tests of file modes skip Windows.

namespace RedisML.Unit.Exporting;

/// <summary>Files that RedisML writes: who may read them, what a spreadsheet makes of them, and a disk that is full.</summary>
public sealed class FileTests(EmbeddedServerFixture embedded) : IDisposable
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_lasting_data_directory_and_all_in_it_are_their_users_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var path = Path.Combine(_folder.Path, "data");
        for (int start = 0; start < 2; start++)
        {
            await using (var server = Server.Start(path))
            {
                await using var connection = await RedisMLConnection.ConnectAsync(
                    ConnectionSettings.For("127.0.0.1", server.Port).WithCredential(null, server.Password), Cancellation);
                await connection.Database.StringSetAsync("key", new byte[100_000]);
                Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
                // Those that it makes while it runs follow a moment later.
                await Patience.UntilAsync(() => Task.FromResult(Modes(path).All(m => m.Mode == Private)),
                    () => string.Join("\n", Modes(path)));
            }
            Assert.NotEmpty(Modes(path));
            Assert.All(Modes(path), m => Assert.Equal(Private, m.Mode));
        }
    }

    [Fact]
    public async Task Files_of_others_in_a_data_directory_stay_as_they_are()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var others = _folder.Write("others.txt", "x");
        const UnixFileMode Open = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(others, Open);
        var before = File.GetUnixFileMode(_folder.Path);
        await using (Server.Start(_folder.Path)) { }
        Assert.Equal((Open, before), (File.GetUnixFileMode(others), File.GetUnixFileMode(_folder.Path)));
    }

    [Fact]
    public async Task Rejected_rows_are_their_users_alone_and_exports_as_other_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write("a.csv", "x\n1\nbad\n3\n");
        var options = new ImportOptions
        {
            Dataset = "a", BadRow = BadRowPolicy.Quarantine, Schema = new Dictionary<string, ColumnType> { ["x"] = ColumnType.Int64 },
        };
        var result = await DatasetImport.RunAsync(connection, path, options, null, Cancellation);
        Assert.Equal(Private, File.GetUnixFileMode(result.RejectPath!));

        var usual = File.GetUnixFileMode(path);
        var target = Path.Combine(_folder.Path, "out.csv");
        await ExportAsync(connection, target);
        Assert.Equal(usual, File.GetUnixFileMode(target));
        File.SetUnixFileMode(target, Private);
        await ExportAsync(connection, target);
        Assert.Equal(Private, File.GetUnixFileMode(target));
    }

    [Fact]
    public async Task An_export_is_its_users_alone_until_it_is_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var connection = await embedded.ConnectAsync();
        await DatasetImport.RunAsync(connection, _folder.Write("a.csv", "x\n1\n"), new() { Dataset = "a" }, null, Cancellation);
        var modes = new List<UnixFileMode>();
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        await new DatasetExport(connection).RunAsync(dataset, new() { Path = Path.Combine(_folder.Path, "b.csv") }, new Look(() =>
            modes.AddRange(Directory.GetFiles(_folder.Path, "*.tmp").Select(File.GetUnixFileMode))), Cancellation);
        Assert.Equal([Private], modes);
    }

    [Fact]
    public async Task Texts_that_a_spreadsheet_would_run_are_neutralised_and_numbers_are_not()
    {
        await using var connection = await embedded.ConnectAsync();
        const string content = "=h,n\n=1+1,-1\n+1,-2\n-x,-3\n@SUM(A1),-4\n\"\tx\",-5\n\"=a\"\"b,c\",-6\n＝1,-7\nplain=,-8\n,-9\n";
        await DatasetImport.RunAsync(connection, _folder.Write("a.csv", content),
            new() { Dataset = "a", Schema = new Dictionary<string, ColumnType> { ["=h"] = ColumnType.Parse("Utf8") } }, null, Cancellation);
        var target = Path.Combine(_folder.Path, "b.csv");
        await ExportAsync(connection, target, neutralize: true);
        Assert.Equal("'=h,n\n'=1+1,-1\n'+1,-2\n'-x,-3\n'@SUM(A1),-4\n'\tx,-5\n\"'=a\"\"b,c\",-6\n'＝1,-7\nplain=,-8\n,-9\n",
            await File.ReadAllTextAsync(target, Cancellation));
        await ExportAsync(connection, target);
        Assert.StartsWith("=h,n\n=1+1,-1\n", await File.ReadAllTextAsync(target, Cancellation));
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            ExportAsync(connection, Path.Combine(_folder.Path, "b.jsonl"), neutralize: true));
        Assert.Equal("FormulaNeedsCsv", error.ErrorId);
    }

    [Fact]
    public async Task An_export_to_a_folder_that_isnt_there_says_so()
    {
        await using var connection = await embedded.ConnectAsync();
        await DatasetImport.RunAsync(connection, _folder.Write("a.csv", "x\n1\n"), new() { Dataset = "a" }, null, Cancellation);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ExportAsync(connection, Path.Combine(_folder.Path, "none", "b.csv")));
        Assert.Equal(("DirectoryNotFound", ErrorKind.ObjectNotFound), (error.ErrorId, error.Kind));
    }

    [Theory]
    [InlineData("b.csv")]
    [InlineData("b.csv.gz")]
    [InlineData("b.csv.zst")]
    [InlineData("b.jsonl")]
    [InlineData("b.arrow")]
    [InlineData("b.arrows")]
    [InlineData("b.parquet")]
    public async Task An_export_to_a_full_disk_is_an_error_that_leaves_what_was_there(string name)
    {
        using var disk = new SmallDisk(8);
        await using var connection = await embedded.ConnectAsync();
        var random = new Random(1);
        var rows = string.Concat(Enumerable.Range(0, 50_000).Select(_ => $"{random.NextDouble():R},{random.NextDouble():R}\n"));
        await DatasetImport.RunAsync(connection, _folder.Write("a.csv", "x,y\n" + rows), new() { Dataset = "a" }, null, Cancellation);
        var target = Path.Combine(disk.Path, name);
        await File.WriteAllTextAsync(target, "mine", Cancellation);
        disk.Fill(kilobytesLeft: 64);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ExportAsync(connection, target));
        Assert.Equal(("FileWriteFailed", ErrorKind.WriteError), (error.ErrorId, error.Kind));
        Assert.Equal("mine", await File.ReadAllTextAsync(target, Cancellation));
        Assert.Equal([name, "filler"], Directory.GetFiles(disk.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rejected_rows_that_the_disk_doesnt_take_stop_the_import_before_it_is_published()
    {
        using var disk = new SmallDisk(8);
        disk.Fill(kilobytesLeft: 0);
        await using var connection = await embedded.ConnectAsync();
        // Few enough to stay in the buffer: it is only at the end that they don't fit.
        var path = _folder.Write("a.csv", "x\n1\nbad\n3\n");
        var options = new ImportOptions
        {
            Dataset = "a", BadRow = BadRowPolicy.Quarantine, RejectPath = Path.Combine(disk.Path, "rejects.csv"),
            Schema = new Dictionary<string, ColumnType> { ["x"] = ColumnType.Parse("Int64") },
        };
        var error = await Assert.ThrowsAsync<RedisMLException>(() => DatasetImport.RunAsync(connection, path, options, null, Cancellation));
        Assert.Equal("RejectFileFailed", error.ErrorId);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task An_embedded_server_whose_disk_is_full_says_so_and_lives_on()
    {
        using var disk = new SmallDisk(160);
        // Of it the server keeps 64 MB for its end, and as much as it has logged.
        disk.Fill(kilobytesLeft: 84 << 10);
        var random = new Random(1);
        // 19 MB of numbers that no compression makes fit.
        var path = _folder.Write("big.csv", "x,y\n"
            + string.Concat(Enumerable.Range(0, 1_200_000).Select(_ => $"{random.NextInt64()},{random.NextInt64()}\n")));
        using var process = new HostProcess("""
            param($Data, $Path)
            $null = Connect-RedisML -Embedded -DataDirectory $Data
            [pscustomobject] @{ a = 1 } | Import-RedisTrainingData -Dataset small | Out-Null
            try { Import-RedisTrainingData $Path -Dataset big } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            (Get-RedisDataset).Name
            (Get-RedisTrainingData small).a
            Remove-RedisDataset small -Confirm:$false
            @(Get-RedisDataset).Count
            """, [Path.Combine(disk.Path, "data"), path]);
        var result = await process.EndAsync();
        Assert.Equal(new HostResult(0, "DiskFull\nsmall\n1\n0\n", ""), result);
    }

    [Fact]
    public async Task An_embedded_server_that_cant_stop_doesnt_abort_the_process()
    {
        using var disk = new SmallDisk(120);
        using var process = new HostProcess("""
            param($Data, $Filler)
            $connection = Connect-RedisML -Embedded -DataDirectory $Data
            'ready'
            $null = [Console]::In.ReadLine()
            Set-RedisModelParameter m w 1 -ErrorAction SilentlyContinue
            'over'
            """, [Path.Combine(disk.Path, "data")]);
        Assert.Equal("ready", await process.ReadLineAsync());
        // Somebody else takes the room that the server had left: nobody could have known.
        disk.Fill(kilobytesLeft: 0);
        var result = await process.EndAsync("\n");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("over\n", result.Output);
    }

    static async Task ExportAsync(RedisMLConnection connection, string path, bool neutralize = false)
    {
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        await new DatasetExport(connection).RunAsync(dataset, new() { Path = path, NeutralizeFormula = neutralize }, null, Cancellation);
    }

    static IReadOnlyList<(string Path, UnixFileMode Mode)> Modes(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => (file, File.GetUnixFileMode(file)))];

    sealed class Look(Action look) : IProgress<long>
    {
        public void Report(long value) => look();
    }
}
