using System.Buffers;
using System.Runtime.CompilerServices;
using RedisML.Connections;
using RedisML.Errors;

namespace RedisML.Datasets.Splitting;

/// <summary>Splits the rows of a dataset into datasets of their own, such as one to train on and one to test on.</summary>
public sealed class DatasetSplit(RedisMLConnection connection)
{
    /// <summary>Writes <c>name-part</c> for each part. Run again with the same options it changes nothing.</summary>
    /// <remarks>Memory is that of a few chunks, whatever the rows. Rows that lie one by one are read too; the parts have chunks.</remarks>
    /// <exception cref="RedisMLException"><c>DatasetExists</c>, <c>EmptySplit</c>, <c>TooManyLevels</c>, <c>DatasetChanged</c>, those of
    /// <see cref="DatasetSplitOptions"/> and of <see cref="DatasetReader"/>.</exception>
    public async Task<IReadOnlyList<DatasetPart>> RunAsync(
        Dataset source, DatasetSplitOptions options, IProgress<SplitProgress>? progress, CancellationToken cancellation)
    {
        options.Check(source);
        var store = new DatasetStore(connection);
        var parts = options.Parts;
        var names = parts.Select(p => $"{source.Name}-{p.Name}").ToArray();
        var current = new Dataset?[parts.Count];
        for (int part = 0; part < parts.Count; part++)
            current[part] = await store.FindAsync(names[part], cancellation).ConfigureAwait(false);
        string fingerprint = $"split:{source.Name}:{source.Version}:{source.Fingerprint}:{options.Describe(source)}";
        if (!options.Force && current.FirstOrDefault(c => c is not null && c.Fingerprint != fingerprint) is { } other)
            throw new RedisMLException("DatasetExists", ErrorKind.ResourceExists,
                $"Dataset '{other.Name}' exists already and came from another split, seed or version. Use -Force to replace it.",
                other.Name);

        bool isThere = !options.Force && current.All(c => c is not null);
        if (isThere && options.Stratify is null) return Results(current!, null);
        var assignment = await PlanAsync(source, options, progress, cancellation).ConfigureAwait(false);
        if (isThere) return Results(current!, assignment);

        var writers = new List<PartWriter>();
        try
        {
            foreach (var name in names)
                writers.Add(await PartWriter.StartAsync(connection, name, source, cancellation).ConfigureAwait(false));
            await WriteAsync(source, assignment, writers, progress, cancellation).ConfigureAwait(false);
            if (writers.FindIndex(w => w.Rows == 0) is >= 0 and var empty)
                throw new RedisMLException("EmptySplit", ErrorKind.InvalidArgument,
                    $"Of the {source.Rows:N0} rows of dataset '{source.Name}' none would be in '{names[empty]}', "
                    + (options.Filter is not null ? $"by the condition {options.Filter}."
                        : options.LastOf is not null ? $"as '{options.LastOf}' has no value twice."
                        : $"a fraction of {parts[empty].Fraction}."),
                        source.Name);
            var published = new Dataset[parts.Count];
            for (int part = 0; part < parts.Count; part++)
                published[part] = await writers[part].PublishAsync(current[part], source, fingerprint, cancellation).ConfigureAwait(false);
            return Results(published, assignment);
        }
        finally
        {
            foreach (var writer in writers) await writer.DisposeAsync().ConfigureAwait(false);
        }

        IReadOnlyList<DatasetPart> Results(Dataset[] datasets, RowAssignment? assignment) =>
            [.. datasets.Select((d, part) => DatasetPart.Of(d, parts[part], datasets.Sum(o => o.Rows), assignment?.Classes?[part]))];
    }

    async Task<RowAssignment> PlanAsync(Dataset source, DatasetSplitOptions options, IProgress<SplitProgress>? progress,
        CancellationToken cancellation)
    {
        if (options.Filter is not null) return new FilteredAssignment(new(options.Filter, source));
        int Index(string column) => source.Columns.ToList().FindIndex(c => c.Name == column);
        if (options.LastOf is not null)
        {
            return await LastRowAssignment.PlanAsync(Read(), Index(options.LastOf), source.Column(options.LastOf).Type,
                options.OrderBy is null ? null : (Index(options.OrderBy), source.Column(options.OrderBy).Type)).ConfigureAwait(false);
        }
        if (options.Stratify is not null)
            return await StratifiedAssignment.PlanAsync(Read(), source, Index(options.Stratify), options.Parts, options.Seed)
                .ConfigureAwait(false);
        if (options.By is null) return new RandomAssignment(options.Parts, options.Seed);
        return options.IsSorted(source)
            ? await SortedAssignment.PlanAsync(Read, source, Index(options.By), options.Parts).ConfigureAwait(false)
            : await GroupAssignment.PlanAsync(Read(), Index(options.By), source.Column(options.By).Type, options.Parts, options.Seed)
                .ConfigureAwait(false);

        IAsyncEnumerable<DatasetChunk> Read() => ReadAsync(source, isWriting: false, progress, cancellation);
    }

    async Task WriteAsync(
        Dataset source, RowAssignment assignment, IReadOnlyList<PartWriter> writers, IProgress<SplitProgress>? progress,
        CancellationToken cancellation)
    {
        await foreach (var chunk in ReadAsync(source, isWriting: true, progress, cancellation).ConfigureAwait(false))
        {
            var target = ArrayPool<int>.Shared.Rent(chunk.Rows);
            var rows = ArrayPool<int>.Shared.Rent(chunk.Rows);
            assignment.Assign(chunk, target.AsSpan(0, chunk.Rows));
            for (int part = 0; part < writers.Count; part++)
            {
                int count = 0;
                for (int row = 0; row < chunk.Rows; row++)
                    if (target[row] == part) rows[count++] = row;
                await writers[part].AppendAsync(chunk, rows.AsMemory(0, count), cancellation).ConfigureAwait(false);
            }
            ArrayPool<int>.Shared.Return(target);
            ArrayPool<int>.Shared.Return(rows);
        }
        assignment.Complete();
        foreach (var writer in writers) await writer.CompleteAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>A pass over the rows. A chunk is valid until the next one is asked for.</summary>
    async IAsyncEnumerable<DatasetChunk> ReadAsync(
        Dataset source, bool isWriting, IProgress<SplitProgress>? progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(source, cancellation: cancellation).ConfigureAwait(false))
        {
            using (chunk) yield return chunk;
            progress?.Report(new(isWriting, chunk.FirstRow + chunk.Rows));
        }
    }
}
