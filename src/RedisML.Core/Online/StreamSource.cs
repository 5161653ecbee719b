using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>A stream whose entries have a field a column. The state knows the last id, so there is no consumer group; the next entries are
/// read while these are learned.</summary>
sealed class StreamSource(RedisMLConnection connection, OnlineSpecification specification) : SampleSource(connection, specification)
{
    readonly SampleParser _parser = new(specification.Columns.Append(specification.Label), specification.Columns.Count);
    StreamEntry[] _entries = [];
    StreamInfo? _info;
    (string After, Task<(StreamInfo?, StreamEntry[])> Reading)? _ahead;
    int _most;

    public override string Start => StreamEntries.First;

    public override async Task<bool> ReadAsync(OnlineState state, int most)
    {
        _most = most;
        var reading = _ahead is { } ahead && ahead.After == state.Offset ? ahead.Reading : ReadAsync(state.Offset);
        _ahead = null;
        (_info, _entries) = await reading.ConfigureAwait(false);
        Problem = _info is { } info && StreamEntries.Parse(info.LastGeneratedId).CompareTo(StreamEntries.Parse(state.Offset)) < 0
            ? $"Stream '{Specification.Source}' was made anew: it ends before what was learned last, entry {state.Offset}." : null;
        if (_entries.Length == 0) return false;
        string last = _entries[^1].Id!;
        // Read on where there is more; a task that nobody awaits any more mustn't be an unobserved failure.
        if (_entries.Length == most)
        {
            var next = ReadAsync(last);
            _ = next.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
            _ahead = (last, next);
        }
        return true;
    }

    public override void Reset() => _ahead = null;

    public override RedisValue[] Learn(OnlineState state)
    {
        // What was taken away is more than what was read: the rest nobody has seen.
        if (_info is { } info && info.EntriesAdded - info.Length is var removed && removed > state.Ordinal)
        {
            state.Trimmed += removed - state.Ordinal;
            state.Ordinal = removed;
        }
        foreach (var entry in _entries)
        {
            string? problem = Read(_parser, Sealed, entry) ?? state.Learner.TryLearn(_parser.Row, _parser.Row);
            if (problem is not null) state.Reject(problem, JsonOf(Sealed, entry));
        }
        state.Ordinal += _entries.Length;
        state.Offset = _entries[^1].Id!;
        return [];
    }

    async Task<(StreamInfo?, StreamEntry[])> ReadAsync(string after)
    {
        var asked = Database.StreamInfoAsync(Keys.Samples);
        var read = Database.StreamReadAsync(Keys.Samples, after, _most);
        StreamInfo? info = null;
        try { info = await asked.ConfigureAwait(false); }
        catch (RedisServerException e) when (e.Message.Contains("no such key", StringComparison.Ordinal)) { }
        return (info, await read.ConfigureAwait(false));
    }
}
