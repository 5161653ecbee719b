using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets.Rows;
using RedisML.Errors;
using RedisML.Formats;
using static RedisML.Errors.Decoding;

namespace RedisML.Datasets;

/// <summary>The one way by which manifests, pages and placements come out of Redis:
/// whatever is wrong with one is a typed error that names it.</summary>
/// <remarks>
/// They hold names of keys, for other programs. Here a name counts only if it is the one that is computed from prefix, kind, dataset,
/// import and number: so no record leads to a key that isn't the dataset's own.
/// </remarks>
static class StoredRecord
{
    /// <summary>More rows that lie one by one fit into no server.</summary>
    const long MaxRowsOneByOne = 10_000_000_000;

    /// <summary>A version of a dataset, from its head.</summary>
    /// <exception cref="RedisMLException"><c>DatasetCorrupt</c></exception>
    public static Dataset Manifest(KeySpace keys, string name, long version, string json) =>
        Decode("The manifest", name, keys.Dataset(name)!, () =>
    {
        var dataset = Dataset.FromJson(json);
        Demand(dataset?.Name == name && dataset.Version == version, "it is of another dataset or version");
        Demand(dataset!.Columns is { Count: > 0 } columns && columns.All(c => c?.Name is not null), "it lacks columns");
        Demand(dataset.Columns!.Count <= ColumnNames.MaxCount,
            $"it has {dataset.Columns.Count:N0} columns; {ColumnNames.MaxCount:N0} are the most");
        Demand(dataset.Columns.Select(c => c.Name).Distinct(StringComparer.Ordinal).Count() == dataset.Columns.Count,
            "two columns have one name");
        Demand(dataset.Pages is not null && dataset.Pages.All(p => p is not null), "it lacks pages");
        Demand(dataset.Sources is not null && dataset.Sources.All(s => s?.Import is not null), "it lacks sources");
        Demand(dataset.Rows >= 0 && dataset.StoredBytes >= 0, "it counts less than nothing");
        Demand(Enum.IsDefined(dataset.Compression), "its compression is none");
        Demand(dataset.Placement is null || dataset.Rows <= MaxRowsOneByOne, $"it says that {dataset.Rows:N0} rows lie one by one");
        Demand(dataset.Pages!.Sum(p => (long)p.Chunks) <= int.MaxValue, "it has more chunks than can be counted");
        Demand(dataset.Layout == (dataset.Placement?.Layout ?? DatasetLayout.Columnar), "its layout and its placement differ");
        if (dataset.Placement is { } placement) DemandOwn(keys, name, placement);
        var imports = dataset.Sources!.Select(s => s.Import).ToHashSet(StringComparer.Ordinal);
        Int128 rows = 0;
        foreach (var page in dataset.Pages!)
        {
            Demand(page.Chunks is > 0 and <= DatasetWriter.PageLength && page.Rows >= 0
                && page.Bytes >= 0, $"page '{page.Key}' has impossible counts");
            Demand(IsOwn(page.Key, imports, (import, number) => keys.Page(name, import, number)!),
                $"'{page.Key}' is no page of this dataset");
            rows += page.Rows;
        }
        Demand(dataset.Placement is not null || rows == dataset.Rows, $"its pages have {rows:N0} rows, and it says {dataset.Rows:N0}");
        return dataset;
    });

    /// <summary>The entries of a page of <paramref name="dataset"/>.</summary>
    /// <exception cref="RedisMLException"><c>DatasetCorrupt</c></exception>
    public static IReadOnlyList<ChunkEntry> Page(KeySpace keys, Dataset dataset, PageReference page, ReadOnlyMemory<byte> json) =>
        Decode("A page", dataset.Name, page.Key, () =>
        {
            var entries = Dataset.PageFromJson(json.Span);
            DemandOwn(keys, dataset.Name, dataset.Sources.Select(s => s.Import), entries);
            Demand(entries.Count == page.Chunks
                && entries.Sum(e => (long)e.Rows) == page.Rows, "its chunks and rows aren't those of the manifest");
            return entries;
        });

    /// <summary>Where the rows of an import lie, from its journal.</summary>
    /// <exception cref="RedisMLException"><c>DatasetCorrupt</c></exception>
    public static RowPlacement Placement(KeySpace keys, string name, string journal, string json) =>
        Decode("The journal", name, journal, () =>
    {
        var placement = JsonSerializer.Deserialize<RowPlacement>(json, Dataset.Json);
        DemandOwn(keys, name, placement);
        return placement!;
    });

    /// <summary>What a writer had come to, from the checkpoint in its journal.</summary>
    /// <exception cref="RedisMLException"><c>DatasetCorrupt</c></exception>
    public static WriterState State(KeySpace keys, string name, string import, Dataset? appendTo, int columns, WriterState state) =>
        Decode("The checkpoint", name, keys.Journal(import)!, () =>
        {
            Demand(state is { Pages: not null, Tail: not null, Statistics: not null, Rows: >= 0, Bytes: >= 0 }
                && state.Statistics.Count == columns, "it lacks parts");
            for (int i = 0; i < state.Pages.Count; i++)
                Demand(state.Pages[i]?.Key is { } page
                    && page == keys.Page(name, import, i), $"'{state.Pages[i]?.Key}' is no page of this import");
            DemandOwn(keys, name, (appendTo?.Sources ?? []).Select(s => s.Import).Append(import), state.Tail);
            return state;
        });

    /// <summary>Runs a decoder: whatever it throws becomes an error that names the dataset and the key.</summary>
    /// <exception cref="RedisMLException"><c>DatasetCorrupt</c></exception>
    public static T Decode<T>(string what, string name, string key, Func<T> decode) =>
        Decoding.Run(decode, (why, e) => Corrupt(what, name, key, why, e));

    public static RedisMLException Corrupt(string what, string name, string key, string why, Exception? inner = null) =>
        new("DatasetCorrupt",
        ErrorKind.InvalidData,
        $"{what} of dataset '{name}' at '{key}' can't be read: {why.TrimEnd('.')}. Remove the dataset, and import it again.", key, inner);

    static void DemandOwn(KeySpace keys, string name, RowPlacement? placement)
    {
        Demand(placement is { Index: not null, Layout: DatasetLayout.Hash or DatasetLayout.Stream }, "it doesn't say where the rows lie");
        string import = placement.Index[(placement.Index.LastIndexOf(':') + 1)..];
        Demand(KeySpace.IsValidName(import)
            && placement.Index == keys.Rows(name, import), $"'{placement.Index}' is no place for rows of this dataset");
    }

    static void DemandOwn(KeySpace keys, string name, IEnumerable<string> imports, IReadOnlyList<ChunkEntry> entries)
    {
        var known = imports.ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            Demand(entry is { Rows: >= 0, Bytes: >= 0 }, "a chunk has impossible counts");
            Demand(IsOwn(entry.Key, known, (import, number) => keys.Chunk(name, import, number)!),
                $"'{entry.Key}' is no chunk of this dataset");
        }
    }

    /// <summary>Whether a key is the one that is computed from the import and the number at its end. (Datasets from before sources were
    /// kept know no imports.)</summary>
    static bool IsOwn(string? key, HashSet<string> imports, Func<string, int, string> compute) =>
        key?.Split(':') is [.., var import, var number] && KeySpace.IsValidName(import) && int.TryParse(number, out int index) && index >= 0
            && (imports.Count == 0 || imports.Contains(import)) && compute(import, index) == key;
}
