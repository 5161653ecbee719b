using System.Globalization;
using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>A list of JSON objects, the oldest at its head: those that were learned leave it in the script that commits what was learned.
/// </summary>
sealed class ListSource(RedisMLConnection connection, OnlineSpecification specification) : SampleSource(connection, specification)
{
    readonly SampleParser _parser = new(specification.Columns.Append(specification.Label), specification.Columns.Count);
    RedisValue[] _samples = [];

    public override string Start => "0";

    public override async Task<bool> ReadAsync(OnlineState state, int most)
    {
        _samples = await Database.ListRangeAsync(Keys.Samples, 0, most - 1).ConfigureAwait(false);
        return _samples.Length > 0;
    }

    public override RedisValue[] Learn(OnlineState state)
    {
        foreach (var sample in _samples)
        {
            var json = Sealed.Open(sample, out string? problem);
            problem ??= _parser.Read(json.Span);
            problem ??= state.Learner.TryLearn(_parser.Row, _parser.Row);
            if (problem is not null) state.Reject(problem, json.Span);
        }
        long taken = long.Parse(state.Offset, CultureInfo.InvariantCulture) + _samples.Length;
        state.Offset = taken.ToString(CultureInfo.InvariantCulture);
        return _samples;
    }
}
