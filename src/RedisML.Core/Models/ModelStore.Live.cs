using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Models;

// A live model goes on learning: what it has counted lies beside its versions, and goes with them.
public sealed partial class ModelStore
{
    /// <summary>Contexts that are removed together: so long a script keeps others waiting, some milliseconds.</summary>
    const int SweptTogether = 1000;

    /// <summary>KEYS: state, contexts, then those to go. ARGV: their names. Returns 0 where there is a state:
    /// they are somebody's again.</summary>
    const string SweepContexts = """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        for i = 1, #ARGV do
          redis.call('DEL', KEYS[i + 2])
          redis.call('ZREM', KEYS[2], ARGV[i])
        end
        return 1
        """;

    /// <summary>Removes what a live model has counted. A writer that is at work finds the state gone, and stops.</summary>
    internal async Task RemoveLiveAsync(string name, CancellationToken cancellation)
    {
        await Database.PatientlyAsync(d => d.KeyDeleteAsync(Keys.LiveModel(name).State), cancellation).ConfigureAwait(false);
        await SweepLiveAsync(name, cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes the contexts of a live model whose state is gone, also those that an interrupted removal left.</summary>
    internal async Task SweepLiveAsync(string name, CancellationToken cancellation)
    {
        var keys = Keys.LiveModel(name);
        while (true)
        {
            var names = await Database.PatientlyAsync(d => d.SortedSetRangeByRankAsync(keys.Contexts, 0, SweptTogether - 1), cancellation)
                .ConfigureAwait(false);
            if (names.Length == 0) return;
            RedisKey[] all = [keys.State, keys.Contexts, .. names.Select(n => keys.Context(((ReadOnlyMemory<byte>)n).Span))];
            var reply = await Database.PatientlyAsync(d => d.ScriptEvaluateAsync(SweepContexts, all, names), cancellation)
                .ConfigureAwait(false);
            if (!(bool)reply) return;
        }
    }
}
