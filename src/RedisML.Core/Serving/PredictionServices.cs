using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;

namespace RedisML.Serving;

/// <summary>A prediction service: its instances, and how many requests wait.</summary>
public sealed record PredictionService(string Name, long Waiting, long Rejected, IReadOnlyList<InstanceStatus> Instances)
{
    public long Answered => Instances.Sum(instance => instance.Answered);

    public long Failed => Instances.Sum(instance => instance.Failed);

    /// <summary>The versions that answer now.</summary>
    public IReadOnlyList<long> Versions => [.. Instances.Select(instance => instance.Version).Distinct().Order()];

    public override string ToString() => Name;
}

/// <summary>The prediction services of a connection: finds and stops them.</summary>
public sealed class PredictionServices(RedisMLConnection connection)
{
    static readonly TimeSpan s_stopLife = TimeSpan.FromMinutes(1), s_look = TimeSpan.FromMilliseconds(100);

    /// <summary>The names of the services that have an instance, or requests that wait, ordinal.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        var names = await connection.Database.PatientlyAsync(d => d.SetMembersAsync(connection.Keys.Services), cancellation)
            .ConfigureAwait(false);
        var services = await Task.WhenAll(names.Select(name => (string)name!).Where(KeySpace.IsValidName)
            .Select(name => ReadAsync(name, cancellation))).ConfigureAwait(false);
        return [.. services.Where(IsThere).Select(service => service.Name).Order(StringComparer.Ordinal)];
    }

    /// <exception cref="RedisMLException"><c>ServiceNotFound</c>.</exception>
    public async Task<PredictionService> GetAsync(string name, CancellationToken cancellation)
    {
        var service = await ReadAsync(name, cancellation).ConfigureAwait(false);
        return IsThere(service) ? service
            : throw NearestName.NotFound("ServiceNotFound", "prediction service", name, await ListAsync(cancellation)
                .ConfigureAwait(false));
    }

    /// <summary>Tells the instances of a service to end, and waits until they have.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="RedisMLException"><c>ServiceNotFound</c>; <c>ServiceNotStopped</c>.</exception>
    public async Task<int> StopAsync(string name, TimeSpan patience, CancellationToken cancellation)
    {
        var service = await GetAsync(name, cancellation).ConfigureAwait(false);
        var keys = connection.Keys.Service(name);
        foreach (var instance in service.Instances)
            await connection.Database.PatientlyAsync(d => d.StringSetAsync(keys.Stop(instance.Id), "1", s_stopLife), cancellation)
                .ConfigureAwait(false);
        for (var end = DateTime.UtcNow + patience; ; await Task.Delay(s_look, cancellation).ConfigureAwait(false))
        {
            var left = (await ReadAsync(name, cancellation).ConfigureAwait(false)).Instances.Where(i =>
                service.Instances.Any(s => s.Id == i.Id)).ToList();
            if (left.Count == 0) return service.Instances.Count;
            if (DateTime.UtcNow > end)
                throw new RedisMLException("ServiceNotStopped", ErrorKind.OperationTimeout,
                    $"{left.Count} of the instances of service '{name}' haven't ended: " +
                    $"{string.Join(", ", left.Select(i => $"{i.Machine}, process {i.Process}"))}.", name);
        }
    }

    static bool IsThere(PredictionService service) => service.Instances.Count > 0 || service.Waiting > 0;

    async Task<PredictionService> ReadAsync(string name, CancellationToken cancellation)
    {
        var keys = connection.Keys.Service(name);
        var ids = await connection.Database.PatientlyAsync(d => d.SetMembersAsync(keys.Instances), cancellation).ConfigureAwait(false);
        var leases = await connection.Database.PatientlyAsync(
            d => Task.WhenAll(ids.Select(id => d.StringGetAsync(keys.Alive(id!)))), cancellation).ConfigureAwait(false);
        var lengths = await connection.Database.PatientlyAsync(
            d => Task.WhenAll(d.ListLengthAsync(keys.Queue), d.ListLengthAsync(keys.Rejected)), cancellation).ConfigureAwait(false);
        List<InstanceStatus> instances = [];
        foreach (var lease in leases.Where(lease => !lease.IsNull))
        {
            try { instances.Add(JsonSerializer.Deserialize(((ReadOnlyMemory<byte>)lease).Span, ServiceJson.Default.InstanceStatus)!); }
            catch (JsonException) { } // Somebody else wrote it.
        }
        return new(name, lengths[0], lengths[1], [.. instances.OrderBy(instance => instance.Started)]);
    }
}
