using System.Diagnostics;

namespace RedisML.Connections;

/// <summary>How a connection does: how fast the server answers, and what it says of itself just now.</summary>
public sealed record ConnectionTest : ServerInfo
{
    const int RoundTrips = 7;

    ConnectionTest(ServerInfo server) : base(server)
    {
    }

    public required string Endpoint { get; init; }

    /// <summary>The median of some round trips.</summary>
    public required double LatencyMilliseconds { get; init; }

    public static async Task<ConnectionTest> RunAsync(RedisMLConnection connection, CancellationToken cancellation)
    {
        var latencies = new double[RoundTrips];
        for (int i = 0; i < RoundTrips; i++)
        {
            // Not PING, which a restricted user need not be allowed.
            long start = Stopwatch.GetTimestamp();
            await connection.Database.KeyExistsAsync(connection.KnownKey).WaitAsync(cancellation).ConfigureAwait(false);
            latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(latencies);
        return new(await ReadAsync(connection, cancellation).ConfigureAwait(false))
        {
            Endpoint = connection.Endpoint,
            LatencyMilliseconds = latencies[RoundTrips / 2],
        };
    }

    public override string ToString() => $"{Endpoint}: {base.ToString()}, {LatencyMilliseconds:0.000} ms";
}
