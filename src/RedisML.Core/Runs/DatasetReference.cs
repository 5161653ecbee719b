using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;

namespace RedisML.Runs;

/// <summary>A version of a dataset that a run reads, told from another of the same name and version.</summary>
internal sealed record DatasetReference(string Name, long Version, string Identity)
{
    public static DatasetReference To(Dataset dataset) => new(dataset.Name, dataset.Version,
        $"{dataset.Version} of {dataset.Created:O}, {dataset.Rows} rows, {dataset.Fingerprint}");

    /// <summary>The dataset as this process finds it.</summary>
    /// <exception cref="RedisMLException"><c>NodeRefused</c>: it is gone, or another one.</exception>
    public async Task<Dataset> FindAsync(RedisMLConnection connection, RunSpecification run, CancellationToken cancellation)
    {
        Dataset dataset;
        try
        {
            dataset = await new DatasetStore(connection).GetAsync(Name, Version, cancellation).ConfigureAwait(false);
        }
        catch (RedisMLException e) when (e.Kind == ErrorKind.ObjectNotFound)
        {
            throw run.Refused($"it reads version {Version} of dataset '{Name}', which isn't there any more");
        }
        var found = To(dataset).Identity;
        return found == Identity ? dataset
            : throw run.Refused($"it reads dataset '{Name}', version {Identity}, and here is version {found}");
    }
}
