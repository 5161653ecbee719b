using System.Diagnostics;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Formats.Objects;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>Chunks opened by the JavaScript implementation of Arrow. Skipped where there is no Node.js, or no package to be had.</summary>
public sealed class OtherImplementationTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_chunk_opens_in_another_implementation_of_Arrow()
    {
        Assert.SkipUnless(await RunAsync("npm", "install", "--no-audit", "--no-fund", "apache-arrow") is { ExitCode: 0 },
            "There is no npm, or no apache-arrow.");
        ColumnSchema[] schema =
        [
            new("i", ColumnType.Int64), new("x", ColumnType.Float64), new("price", ColumnType.Float64), new("flag", ColumnType.Boolean),
            new("text", ColumnType.Utf8), new("few", ColumnType.Utf8),
            new("day", ColumnType.Date32), new("time", ColumnType.Timestamp(TimestampUnit.Millisecond, "UTC")),
            new("bytes", ColumnType.Binary), new("vector", ColumnType.List(TypeKind.Float32)),
        ];
        object?[][] rows =
        [
            [1, 0.1, 19.99, true, "a", "k", new DateTime(2024, 2, 29), new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.Zero),
                new byte[] { 1, 255 }, new[] { 0.5f, 2f }],
            [null, null, null, null, null, null, null, null, null, null],
            [300, -2.0, -0.05, false, "größe", "k", new DateTime(1969, 12, 31), new DateTimeOffset(1970, 1, 1, 0, 0, 1, TimeSpan.Zero),
                Array.Empty<byte>(), Array.Empty<float>()],
            [2, 1e300, 7.0, true, "", "k", new DateTime(1970, 1, 1), new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero),
                new byte[] { 0 }, new[] { -1f }],
        ];
        var builder = new ChunkBuilder(schema);
        foreach (var row in rows)
            for (int i = 0; i < schema.Length; i++) Assert.True(new ObjectValue(schema[i].Type, builder.Columns[i]).TryAppend(row[i]));
        using var chunk = builder.Encode(ChunkCompression.None);
        _folder.Write("chunk.arrows", chunk.Data.WrittenMemory.ToArray());
        _folder.Write("read.js", """
            const { tableFromIPC } = require('apache-arrow');
            const plain = v => v === null || v === undefined ? null : typeof v === 'bigint' ? Number(v) : v instanceof Date ? v.getTime()
                : v instanceof Uint8Array ? Array.from(v) : typeof v === 'object' ? Array.from(v) : v;
            const table = tableFromIPC(require('fs').readFileSync('chunk.arrows'));
            const number = (v, f) => f.type.scale === undefined || v === null ? plain(v) : new Int32Array(v.buffer, v.byteOffset, 1)[0] / 10 ** f.type.scale;
            console.log(JSON.stringify(table.toArray().map(row => table.schema.fields.map(f => number(row[f.name], f)))));
            """);
        var (exitCode, output) = (await RunAsync("node", "read.js"))!.Value;
        Assert.Equal(
            """[[1,0.1,19.99,true,"a","k",1709164800000,1709208000000,[1,255],[0.5,2]],[null,null,null,null,null,null,null,null,null,null],[300,-2,-0.05,false,"größe","k",-86400000,1000,[],[]],[2,1e+300,7,true,"","k",0,0,[0],[-1]]]""",
            output.Trim());
        Assert.Equal(0, exitCode);
    }

    async Task<(int ExitCode, string Output)?> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo(program, arguments)
                {
                    WorkingDirectory = _folder.Path, RedirectStandardOutput = true,
                    RedirectStandardError = true
                })!;
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
