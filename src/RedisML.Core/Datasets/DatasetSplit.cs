using RedisML.Connections;
using RedisML.Datasets.Chunks;
using RedisML.Datasets.Columns;

namespace RedisML.Datasets;

/// <summary>Splits a dataset at random into a training and a test dataset.</summary>
public sealed class DatasetSplit(RedisMLConnection connection)
{
    /// <summary>
    /// Whether a row goes to the test part: decided by a hash of seed and row number, so that it depends on neither chunks nor workers.
    /// </summary>
    /// <remarks>SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).</remarks>
    public static bool IsTest(int seed, long row, double testFraction)
    {
        return (RowHash(seed, row) >> 11) * (1.0 / (1L << 53)) < testFraction;
    }

    /// <summary>A number for a row that looks random and depends on the seed and the row's number alone.</summary>
    public static ulong RowHash(int seed, long row) => Mix(Mix((uint)seed) + (ulong)row);

    static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    /// <summary>Writes <c>name-train</c> and <c>name-test</c>. Run again with the same seed and fraction it changes nothing.</summary>
    /// <param name="testFraction">Between 0 and 1: the expected share of the test part.</param>
    /// <param name="force">Replaces the parts where they exist and came from something else.</param>
    /// <param name="rows">Told the rows read so far.</param>
    /// <exception cref="RedisMLException"><c>DatasetExists</c>, <c>EmptySplit</c>, and those of <see cref="DatasetReader"/>.</exception>
    public async Task<(Dataset Train, Dataset Test)> RunAsync(
        Dataset source, double testFraction, int seed, bool force, IProgress<long>? rows, CancellationToken cancellation)
    {
        var store = new DatasetStore(connection);
        string[] names = [$"{source.Name}-train", $"{source.Name}-test"];
        var current = new Dataset?[2];
        for (int part = 0; part < 2; part++) current[part] = await store.FindAsync(names[part], cancellation).ConfigureAwait(false);
        string fingerprint = $"split:{source.Name}:{source.Version}:{source.Fingerprint}:{testFraction:R}:{seed}";
        if (!force && current is [{ } train, { } test] && train.Fingerprint == fingerprint && test.Fingerprint == fingerprint) return (train, test);
        if (!force && current.FirstOrDefault(c => c is not null && c.Fingerprint != fingerprint) is { } other)
            throw new RedisMLException("DatasetExists", ErrorKind.ResourceExists,
                $"Dataset '{other.Name}' exists already and came from another split, seed or version. Use -Force to replace it.", other.Name);

        var parts = new PartWriter[2];
        try
        {
            for (int part = 0; part < 2; part++) parts[part] = await PartWriter.StartAsync(connection, names[part], source, cancellation).ConfigureAwait(false);
            await foreach (var chunk in new DatasetReader(connection).ReadAsync(source, cancellation: cancellation).ConfigureAwait(false))
            {
                using (chunk)
                    for (int i = 0; i < chunk.Batch.Length; i++)
                        parts[IsTest(seed, chunk.FirstRow + i, testFraction) ? 1 : 0].Append(chunk, i);
                foreach (var part in parts) await part.WriteFullAsync(cancellation).ConfigureAwait(false);
                rows?.Report(chunk.FirstRow + chunk.Batch.Length);
            }
            var published = new Dataset[2];
            for (int part = 0; part < 2; part++) await parts[part].WriteRestAsync(cancellation).ConfigureAwait(false);
            if (parts.FirstOrDefault(p => p.Rows == 0) is not null)
                throw new RedisMLException("EmptySplit", ErrorKind.InvalidArgument,
                    $"With {source.Rows:N0} rows and a test fraction of {testFraction} one part would be empty.", source.Name);
            for (int part = 0; part < 2; part++) published[part] = await parts[part].PublishAsync(current[part], source, fingerprint, cancellation).ConfigureAwait(false);
            return (published[0], published[1]);
        }
        finally
        {
            foreach (var part in parts)
                if (part is not null) await part.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One of the two: rows are collected until they make a chunk.</summary>
    sealed class PartWriter(DatasetWriter writer, ChunkBuilder builder, ChunkCompression compression, int rowsPerChunk) : IAsyncDisposable
    {
        int _chunks;

        public long Rows => writer.Rows;

        public static async Task<PartWriter> StartAsync(RedisMLConnection connection, string name, Dataset source, CancellationToken cancellation)
        {
            var schema = source.Columns.Select(c => c.Schema).ToList();
            double rowBytes = (double)source.StoredBytes / Math.Max(1, source.Rows);
            return new(await DatasetWriter.StartAsync(connection, name, schema, cancellation).ConfigureAwait(false),
                new ChunkBuilder(schema), source.Compression, (int)Math.Max(ChunkSize.MinRows, ChunkSize.TargetBytes / Math.Max(1, rowBytes)));
        }

        public void Append(DatasetChunk chunk, int row)
        {
            for (int i = 0; i < builder.Columns.Count; i++) builder.Columns[i].AppendFrom(chunk.Batch.Column(i), row);
        }

        public async Task WriteFullAsync(CancellationToken cancellation)
        {
            if (builder.Rows >= rowsPerChunk) await WriteRestAsync(cancellation).ConfigureAwait(false);
        }

        public async Task WriteRestAsync(CancellationToken cancellation)
        {
            if (builder.Rows == 0) return;
            var chunk = builder.Encode(compression);
            writer.Commit(await writer.WriteAsync(_chunks++, chunk, cancellation).ConfigureAwait(false), chunk.Statistics);
        }

        public Task<Dataset> PublishAsync(Dataset? current, Dataset source, string fingerprint, CancellationToken cancellation) =>
            writer.PublishAsync(current, source.Label, compression, fingerprint, cancellation);

        public ValueTask DisposeAsync() => writer.DisposeAsync();
    }
}
