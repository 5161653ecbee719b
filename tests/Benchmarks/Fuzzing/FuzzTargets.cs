using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Datasets.Rows;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Formats;
using RedisML.Formats.Arrow;
using RedisML.Formats.Csv;
using RedisML.Formats.Json;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Parquet;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.Benchmarks.Fuzzing;

/// <summary>Everything that reads what lies in Redis or in a file, with inputs that the product's own writers made.</summary>
static class FuzzTargets
{
    const string Import = "0123456789abcdef";
    static readonly KeySpace s_keys = new();

    /// <summary>What of it lies sealed where a connection has an encryption key.</summary>
    static readonly string[] s_sealed = ["npy", "chunk", "manifest", "page", "journal", "definition", "specification", "checkpoint"];

    /// <summary>A column of each type.</summary>
    static readonly (string Name, ColumnType Type)[] s_columns =
    [
        ("i", ColumnType.Int64), ("u", ColumnType.UInt64), ("f", ColumnType.Float64), ("s", ColumnType.Float32), ("b", ColumnType.Boolean),
        ("t", ColumnType.Utf8), ("own", ColumnType.Utf8),
        ("d", ColumnType.Decimal128(12, 3)), ("day", ColumnType.Date32), ("at", ColumnType.Timestamp(TimestampUnit.Microsecond)),
        ("bin", ColumnType.Binary), ("l", ColumnType.List(TypeKind.Float64)),
    ];

    static readonly List<ColumnSchema> s_schema = [.. s_columns.Select(c => new ColumnSchema(c.Name, c.Type))];
    static readonly byte[] s_csv = Encoding.UTF8.GetBytes("i,u,f,s,b,t,own,d,day,at,bin,l\n"
        + string.Concat(Enumerable.Range(0, 200).Select(i => i % 17 == 3 ? "1,,,,,,,,,,,\n"
        : $"{i * 71},{i},{i / 7.0:R},{i / 4f},{(i % 2 == 0 ? "true" : "false")},{"abc"[i % 3]},\"own {i}, " +
            $"\"\"x\"\"\",{i}.125,2024-01-{1 + i % 28:00},2024-01-01T00:00:{i % 60:00},AAEC,\"[{i}, 2.5]\"\n")));

    // Not while the type is being initialised, which other threads would wait for.
    static readonly Lazy<IReadOnlyList<FuzzTarget>> s_all = new(Make);

    public static IReadOnlyList<FuzzTarget> All => s_all.Value;

    static List<FuzzTarget> Make()
    {
        var chunks = Enum.GetValues<ChunkCompression>().Select(c => ChunkOf(s_csv, c)).ToList();
        var batch = ChunkCodec.Decode(chunks[0]);
        byte[] jsonLines = Written(batch, s => new JsonRowWriter(s, s_schema)),
            arrow = Written(batch, s => new ArrowRowWriter(new PositionStream(s), s_schema, isStream: false)),
            stream = Written(batch, s => new ArrowRowWriter(s, s_schema, isStream: true));
        // Parquet has no list column here: its library would decode it in a way of its own.
        var parquet = Written(batch, s => new FileFormatWriter(new ParquetFormat(), s, [.. s_schema.Take(11)]), columns: 11);
        var manifest = Manifest();
        List<FuzzTarget> open =
        [
            Source("csv", [s_csv, Encoding.UTF8.GetBytes("a;b\r\n1;2\r\n3;x\r\n")]),
            Source("jsonl", [jsonLines, Encoding.UTF8.GetBytes("{\"a\":1,\"b\":[1,2.5]}\n{\"a\":null,\"c\":{\"x\":1}}\n")]),
            Source("arrow-file", [arrow]),
            Source("arrow-stream", [stream]),
            Source("parquet", [parquet]),
            Source("gzip", [Compressed(s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true))]),
            Source("zstd", [Compressed(s => new ZstdSharp.CompressionStream(s, leaveOpen: true))]),
            new("npy", [new Tensor(new double[] { 1, 2, 3, 4, 5, 6 }, 2, 3).Encode(), new Tensor(new bool[] { true }, 1).Encode(),
                new Scalar(1.5).Encode()], bytes => ParameterValue.Decode(bytes).ToDoubles()),
            new("chunk", chunks, ReadChunk),
            new("manifest", [Encoding.UTF8.GetBytes(manifest.ToJson())], bytes =>
                _ = StoredRecord.Manifest(s_keys, "a", 3, Encoding.UTF8.GetString(bytes)).Chunks),
            new("page", [Encoding.UTF8.GetBytes(Dataset.PageToJson([Entry(0), Entry(1)]))], bytes =>
                StoredRecord.Page(s_keys, manifest, manifest.Pages[0], bytes)),
            new("placement",
                [JsonSerializer.SerializeToUtf8Bytes(
                new RowPlacement(DatasetLayout.Hash, "i", s_keys.Rows("a", Import)!, TimeSpan.FromDays(1)), Dataset.Json)],
                bytes => StoredRecord.Placement(s_keys, "a", "journal", Encoding.UTF8.GetString(bytes))),
            new("journal", [Encoding.UTF8.GetBytes(Checkpoint().ToJson())], ReadJournal),
            new("definition", [JsonSerializer.SerializeToUtf8Bytes(Definition(), ModelJson.Definition)], Predict),
            new("specification", [Encoding.UTF8.GetBytes(Specification().ToJson())], ReadSpecification),
            new("control", [Encoding.UTF8.GetBytes("inc=ab\ngen=3.0f\nphase=run\nlin=0\nstep=7\nmembers=a.1,b.2\n" +
                "dgen=3.0f\ndmembers=\nckpt=x\nckstep=5\nsnap=\nsnapstep=\nstarted=1\npublished=0")], ReadControl),
            new("checkpoint", [new RunReplica(new LocalLink(), []).Save(),
                [2, 0, 0, 0, 1, 0, 0, 0, 7, 3, 0, 0, 0, 1, 2, 3, 1, 2, 0, 0, 0, 9, 9, 1, 0, 0, 0, 1, 0, 0, 0, 5]],
                bytes => new RunReplica(new LocalLink(), bytes).Save()),
            new("expression",
                [.. new[] { "i * 2 + f / 3 > 4 and not (t = 'a' or own like 'x%')", "month(day) + log(s) - -1e3",
                "if(b, i, f) in (1, 2, 3)", "length(t) >= 1 and at > '2024-01-01'", new('(', 400),
                string.Concat(Enumerable.Repeat("-", 400)) + "1" }
                .Select(Encoding.UTF8.GetBytes)], Evaluate),
        ];
        return [.. open, .. open.Where(target => s_sealed.Contains(target.Name)).Select(SealedTargets.Of), SealedTargets.OfRoot()];
    }

    static FuzzTarget Source(string name, IReadOnlyList<byte[]> seeds) =>
        new(name, seeds, bytes => ReadSourceAsync(bytes).GetAwaiter().GetResult());

    static async Task ReadSourceAsync(byte[] bytes)
    {
        string path = Path.Combine(Path.GetTempPath(), $"fuzz-{Guid.NewGuid():n}");
        await File.WriteAllBytesAsync(path, bytes);
        try
        {
            using var files = await SourceFormat.OpenAsync([path], new SourceOptions(), CancellationToken.None);
            var columns = (await files.Source.ReadColumnsAsync(new Dictionary<string, ColumnType>(), CancellationToken.None)).ToArray();
            await foreach (var part in files.Source.ReadAsync(columns, ChunkCompression.Lz4, CancellationToken.None))
                using (part)
                    part.Encode(leaveOut: true).Chunk?.Dispose();
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Once past the boundary, whatever looks at the values finds them.</summary>
    static void ReadChunk(byte[] bytes)
    {
        var batch = StoredRecord.Decode("A chunk", "a", "chunk", () => ChunkCodec.DecodeForeign(bytes, s_schema));
        using var decoder = new ColumnDecoder();
        for (int column = 0; column < s_schema.Count; column++)
        {
            for (int row = 0; row < batch.Length; row++)
            {
                ArrowValues.GetObject(batch.Column(column), row, s_schema[column].Type);
                _ = new RowText(batch.Column(column), s_schema[column].Type)[row];
            }
            decoder.Decode(batch.Column(column), s_schema[column].Name);
        }
        Written(batch, s => new CsvRowWriter(s, s_schema, ','));
        Written(batch, s => new ArrowRowWriter(s, s_schema, isStream: true));
    }

    static void Predict(byte[] bytes)
    {
        var definition = ModelJson.Read(bytes, "m");
        if (definition.Pipeline is not { Width: <= 10_000 } pipeline) return;
        int width = pipeline.Width, outputs = definition.Algorithm == "Softmax" ? pipeline.Label.Classes?.Count ?? 1 : 1;
        var model = new Model
        {
            Name = "m", Version = 1, Created = default, Definition = definition, Modified = false,
            Parameters = ["weight", "intercept"]
        };
        var predictor =
            ModelFamilies.Load(model, [new("weight", new Tensor(new double[width * outputs], width * outputs)),
            new("intercept", new Tensor(new double[outputs], outputs))]);
        var row = new Dictionary<string, object?> { ["i"] = 1L, ["t"] = "a" };
        var buffer = new RowBuffer(predictor.Signature);
        buffer.TryAdd([.. buffer.Inputs.Select(input => row.GetValueOrDefault(input.Name))]);
        using var rows = buffer.ToBatch();
        predictor.Predict(rows);
    }

    static void ReadSpecification(byte[] bytes)
    {
        var run = RunSpecification.Decode("0f", "spec", () => RunSpecification.FromJson("0f", Encoding.UTF8.GetString(bytes)));
        var training = TrainingWork.Of(run).Training;
        TrainingContext.Check(training, s_schema, 100);
    }

    static void ReadControl(byte[] bytes)
    {
        var pairs = Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair.ElementAtOrDefault(1) ?? ""));
        var control = RunSpecification.Decode("0f", "ctl", () => RunControl.Parse(pairs));
        if (control is not null) RunLedger.NextGeneration(control.Generation);
    }

    static void ReadJournal(byte[] bytes)
    {
        var checkpoint = ImportCheckpoint.Read("a", "journal", Encoding.UTF8.GetString(bytes));
        StoredRecord.State(s_keys, "a", Import, null, checkpoint.Columns.Count, checkpoint.Writer);
    }

    static void Evaluate(byte[] bytes)
    {
        var expression = ColumnExpression.Parse(Encoding.UTF8.GetString(bytes));
        expression.ResultType(name => s_columns.FirstOrDefault(c => c.Name == name) is { Name: not null } column ? column.Type
            : throw NearestName.NotFound("ColumnNotFound", "column", name, s_columns.Select(c => c.Name)));
        using var decoder = new ColumnDecoder();
        var batch = s_evaluated.Value;
        expression.Evaluate(name => decoder.Decode(batch.Column(s_schema.FindIndex(c => c.Name == name)), name), batch.Length);
    }

    static readonly Lazy<RecordBatch> s_evaluated = new(() => ChunkCodec.Decode(ChunkOf(s_csv, ChunkCompression.None)));

    static byte[] ChunkOf(byte[] csv, ChunkCompression compression)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, csv);
            return ReadAsync().GetAwaiter().GetResult();
        }
        finally
        {
            File.Delete(path);
        }

        async Task<byte[]> ReadAsync()
        {
            using var files = await SourceFormat.OpenAsync([path], new SourceOptions(), CancellationToken.None);
            var columns = (await files.Source.ReadColumnsAsync(s_columns.ToDictionary(c => c.Name, c => c.Type), CancellationToken.None))
                .ToArray();
            await foreach (var part in files.Source.ReadAsync(columns, compression, CancellationToken.None))
                using (part)
                    if (part.Encode(leaveOut: false) is { Chunk: { } chunk })
                        using (chunk)
                            return chunk.Data.WrittenMemory.ToArray();
            throw new InvalidOperationException("The seed has no rows that fit.");
        }
    }

    static byte[] Written(RecordBatch batch, Func<Stream, RowWriter> create, int columns = int.MaxValue)
    {
        var stream = new MemoryStream();
        WriteAsync().GetAwaiter().GetResult();
        return stream.ToArray();

        async Task WriteAsync()
        {
            await using var writer = create(stream);
            await writer.WriteAsync([.. Enumerable.Range(0, Math.Min(columns, batch.ColumnCount)).Select(batch.Column)], 0, batch.Length,
                CancellationToken.None);
            await writer.EndAsync(CancellationToken.None);
        }
    }

    static byte[] Compressed(Func<Stream, Stream> create)
    {
        var stream = new MemoryStream();
        using (var compressed = create(stream)) compressed.Write(s_csv);
        return stream.ToArray();
    }

    static ChunkEntry Entry(int index) => new(s_keys.Chunk("a", Import, index)!, 100, 5000, 7);

    static Dataset Manifest() => new()
    {
        Name = "a",
        Version = 3,
        Created = DateTimeOffset.UnixEpoch,
        Columns = [.. s_columns.Select(c => new DatasetColumn(c.Name, c.Type, new(200, 0, 1, 2, 0, 9)))],
        Label = "i",
        Rows = 200,
        StoredBytes = 10_000,
        Compression = ChunkCompression.Lz4,
        Fingerprint = "xxh64:0:0",
        Sources = [new("xxh64:0:0", Import, 200)],
        Pages = [new(s_keys.Page("a", Import, 0)!, 2, 200, 10_000)],
    };

    static ImportCheckpoint Checkpoint() =>
        new("/a.csv", 100, "0f", 0, [.. s_columns.Select(c => new SourceColumn(c.Name, c.Type, true))], 2, "0f", "/a.csv", 3, 0, 0,
        new([], [Entry(0)], 100, 5000, [.. s_columns.Select(_ => new ColumnStatistics(1, 0, 1, 0, 1, 1))]));

    static ModelDefinition Definition() => new()
    {
        Algorithm = "Logistic",
        Task = ModelTask.Binary,
        Pipeline = new()
        {
            Inputs = [new("i", ColumnType.Int64), new("t", ColumnType.Utf8)],
            Derived = [new("j", "i * 2")],
            Features = [new NumericFeature("j", 1, 2), new CategoryFeature("t", ColumnType.Utf8, ["a", "b"], true)],
            Label = new("y", ColumnType.Utf8, ["no", "yes"]),
        },
        Lineage = new() { Dataset = "a", DatasetVersion = 1, Run = "0f", RowsUsed = 10, Trained = DateTimeOffset.UnixEpoch },
    };

    static RunSpecification Specification() => new()
    {
        Id = "0f",
        Kind = TrainingWork.Kind,
        Datasets = [new("a", 3, "3 of")],
        Work = RunSpecification.ToWork(
            new TrainingWork("m", new() { Algorithm = "Linear", Label = "f", Features = ["i", "t"], Derived = [new("j", "i * 2")] })),
        Nodes = new() { NodeCount = 2 },
        Started = DateTimeOffset.UnixEpoch,
    };
}
