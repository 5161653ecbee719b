using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Exporting;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Trust;

/// <summary>A file is opened for what it is: no device, no pipe, no link that is replaced, and never the source.</summary>
public sealed class TargetFileTests(EmbeddedServerFixture embedded) : IDisposable
{
    const string Rows = "id,v\n1,2\n2,x\n3,4\n";

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("same")]
    [InlineData("spelling")]
    [InlineData("link")]
    [InlineData("hard link")]
    [InlineData("folder link")]
    public async Task The_reject_file_is_never_the_source(string how)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Links need rights there.");
        await using var connection = await embedded.ConnectAsync();
        string source = _folder.Write("a.csv", Rows), path = Path.Combine(_folder.Path, "other.csv");
        switch (how)
        {
            case "same": path = source; break;
            case "spelling": path = Path.Combine(_folder.Path, "..", Path.GetFileName(_folder.Path), ".", "a.csv"); break;
            case "link": File.CreateSymbolicLink(path, source); break;
            case "hard link": System.Diagnostics.Process.Start("ln", [source, path])!.WaitForExit(); break;
            case "folder link":
                Directory.CreateSymbolicLink(path, _folder.Path);
                path = Path.Combine(path, "a.csv");
                break;
        }
        foreach (bool force in new[] { false, true })
        {
            var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, source, path, force));
            Assert.Equal(force ? "RejectFileIsSource" : "RejectFileExists", error.ErrorId);
            Assert.Equal(Rows, File.ReadAllText(source));
        }
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task A_reject_file_that_exists_is_replaced_with_force_alone_and_only_its_owner_reads_it()
    {
        await using var connection = await embedded.ConnectAsync();
        string source = _folder.Write("a.csv", Rows), path = _folder.Write("r.csv", "mine");
        Assert.Equal("RejectFileExists",
            (await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, source, path, force: false))).ErrorId);
        Assert.Equal("mine", File.ReadAllText(path));
        await ImportAsync(connection, source, path, force: true);
        Assert.Contains("2,x", File.ReadAllText(path));
        string other = Path.Combine(_folder.Path, "new.csv");
        await ImportAsync(connection, _folder.Write("b.csv", Rows + "5,y\n"), other, force: true);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(other));
    }

    /// <summary>A pass that begins again with wider types finds its own reject file, and isn't stopped by it.</summary>
    [Fact]
    public async Task A_pass_that_begins_again_writes_its_reject_file_anew()
    {
        await using var connection = await embedded.ConnectAsync();
        // Neither is in the samples by which types are inferred.
        var text = "id,v\n" + string.Concat(Enumerable.Range(0, 400_000)
            .Select(i => $"{i},{i switch { 140_000 => "oops", 300_000 => "1.5", _ => "7" }}\n"));
        var result = await ImportAsync(connection, _folder.Write("a.csv", text), null, force: false);
        Assert.Equal(1, result.RowsRejected);
        Assert.Equal(2, File.ReadLines(result.RejectPath!).Count());
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    [InlineData("pipe")]
    [InlineData("folder")]
    [InlineData("none/a.csv")]
    public async Task What_is_no_file_is_neither_written_nor_read(string what)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no such devices there.");
        await using var connection = await embedded.ConnectAsync();
        string source = _folder.Write("a.csv", Rows), path = what.StartsWith('/') ? what : Path.Combine(_folder.Path, what);
        if (what == "pipe") System.Diagnostics.Process.Start("mkfifo", [path])!.WaitForExit();
        if (what == "folder") Directory.CreateDirectory(path);
        string expected = what switch { "folder" => "PathIsDirectory", "none/a.csv" => "DirectoryNotFound", _ => "PathIsNoFile" };
        Assert.Equal(expected,
            (await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, source, path, force: true))).ErrorId);
        await ImportAsync(connection, source, Path.Combine(_folder.Path, "r.csv"), force: false);
        Assert.Equal(expected, (await Assert.ThrowsAsync<RedisMLException>(() => ExportAsync(connection, path))).ErrorId);
        if (what == "none/a.csv") return;
        var reading = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, path, new() { Dataset = "b" }, null, Cancellation));
        Assert.Equal(expected, reading.ErrorId);
    }

    [Fact]
    public async Task An_export_to_a_link_writes_where_it_leads_and_the_link_stays()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Links need rights there.");
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, _folder.Write("a.csv", Rows), Path.Combine(_folder.Path, "r.csv"), force: false);
        string target = _folder.Write("target.csv", "old"), link = Path.Combine(_folder.Path, "link.csv");
        File.CreateSymbolicLink(link, target);
        await ExportAsync(connection, link);
        Assert.Equal(target, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName);
        Assert.Equal("id,v\n1,2\n3,4\n", File.ReadAllText(target));
        string circle = Path.Combine(_folder.Path, "circle.csv");
        File.CreateSymbolicLink(circle, circle);
        Assert.Equal("PathIsNoFile", (await Assert.ThrowsAsync<RedisMLException>(() => ExportAsync(connection, circle))).ErrorId);
    }

    static Task<ImportResult> ImportAsync(RedisMLConnection connection, string source, string? rejects, bool force) =>
        DatasetImport.RunAsync(connection, source, new()
        {
            Dataset = "a",
            BadRow = BadRowPolicy.Quarantine,
            RejectPath = rejects,
            Force = force,
            Schema = rejects is null ? new Dictionary<string, ColumnType>()
                : new Dictionary<string, ColumnType> { ["v"] = ColumnType.Int64 },
        }, null, Cancellation);

    static async Task ExportAsync(RedisMLConnection connection, string path) => await new DatasetExport(connection).RunAsync(
        await new DatasetStore(connection).GetAsync("a", null, Cancellation),
        new() { Path = path, Format = ExportFormat.Csv, Force = true }, null, Cancellation);
}
