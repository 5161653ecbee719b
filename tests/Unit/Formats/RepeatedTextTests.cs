using Apache.Arrow;
using Apache.Arrow.Types;
using ParquetSharp.Arrow;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Parquet;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Formats;

/// <summary>One long text of a Parquet file's dictionary, and codes that stand for it a hundred thousand times: 50 GB of text in half a
/// megabyte.</summary>
public sealed class RepeatedTextTests(EmbeddedServerFixture embedded) : IDisposable
{
    const int Rows = 100_000, Length = 500_000;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_read_as_codes_and_stored_once_a_chunk()
    {
        byte[] file = File(3);
        using (var reader = new ParquetFile(new MemoryStream(file)))
            Assert.All(reader.Batches(), batch => Assert.IsType<DictionaryArray>(batch.Column(0)));
        await using var connection = await embedded.ConnectAsync();
        await DatasetImport.RunAsync(connection, _folder.Write("a.parquet", file), new() { Dataset = "a" }, null, Cancellation);
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.Equal(Rows, dataset.Rows);
        Assert.InRange(dataset.StoredBytes, 1, 20 << 20);
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: Cancellation))
            using (chunk)
                Assert.Equal(Length, ((string)chunk.Value(0, chunk.Rows - 1, dataset.Columns[0].Type)!).Length);
    }

    /// <summary>With too many texts beside it for a chunk's dictionary.</summary>
    [Fact]
    public async Task More_than_a_chunk_may_have_is_an_error()
    {
        await using var connection = await embedded.ConnectAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(() => DatasetImport.RunAsync(
            connection, _folder.Write("a.parquet", File(5_000)), new() { Dataset = "a" }, null, Cancellation));
        Assert.Equal("SourceCorrupt", error.ErrorId);
        Assert.Contains("128 MB", error.Message);
        Assert.Empty(await connection.KeysAsync());
    }

    /// <summary>So many texts, of which the first is long and stands in all rows behind the others.</summary>
    static byte[] File(int distinct)
    {
        var texts = new StringArray.Builder().Append(new string('x', Length));
        for (int i = 1; i < distinct; i++) texts.Append($"{i}");
        var codes = new Int32Array.Builder().AppendRange(Enumerable.Range(0, Rows).Select(row => row < distinct ? row : 0));
        var type = new DictionaryType(Int32Type.Default, StringType.Default, false);
        var schema = new Schema([new Field("text", type, false)], null);
        var file = new MemoryStream();
        using (var writer = new FileWriter(file, schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(new RecordBatch(schema, [new DictionaryArray(type, codes.Build(), texts.Build())], Rows));
            writer.Close();
        }
        return file.ToArray();
    }
}
