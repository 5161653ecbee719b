using System.Text;
using RedisML.Columns;
using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>A stream of samples whose labels come later, in a stream of their own: a sample waits by its key until its label is there, and
/// is learned then.</summary>
/// <remarks>
/// Both streams are merged by the ids of their entries, which are times of the server: so what is learned, and in which order, doesn't
/// depend on when they were read.
/// </remarks>
sealed class JoinedSource : SampleSource
{
    readonly SampleParser _samples, _labels, _waiting;
    readonly RedisKey _labelKey;
    readonly SealedSample _labelSeal;
    readonly int _keyPlace;
    StreamEntry[] _newSamples = [], _newLabels = [];

    public JoinedSource(RedisMLConnection connection, OnlineSpecification specification) : base(connection, specification)
    {
        _keyPlace = specification.Columns.Count + 1;
        List<SampleColumn> columns =
            [.. specification.Columns, specification.Label, new(specification.Key!, ColumnType.Utf8, SampleColumnKind.Category)];
        (_samples, _labels, _waiting) = (new(columns, _keyPlace - 1), new(columns, 0), new(columns, _keyPlace - 1));
        _labelKey = connection.Keys.Samples(specification.LabelStream!).Samples;
        _labelSeal = new(connection.Seals.Samples(specification.LabelStream!), _labelKey);
    }

    public override string Start => $"{StreamEntries.First} {StreamEntries.First}";

    public override async Task<bool> ReadAsync(OnlineState state, int most)
    {
        var (afterSample, afterLabel) = OffsetsOf(state);
        // Labels first: of the samples from before them, all are then read.
        var labels = await Database.StreamReadAsync(_labelKey, afterLabel, most).ConfigureAwait(false);
        var samples = await Database.StreamReadAsync(Keys.Samples, afterSample, most).ConfigureAwait(false);
        // Where there is more of one, the other doesn't run ahead of it.
        var end = (long.MaxValue, ulong.MaxValue);
        if (labels.Length == most) end = Min(end, IdOf(labels[^1]));
        if (samples.Length == most) end = Min(end, IdOf(samples[^1]));
        _newLabels = Until(labels);
        _newSamples = Until(samples);
        return _newLabels.Length + _newSamples.Length > 0;

        StreamEntry[] Until(StreamEntry[] entries) => [.. entries.TakeWhile(entry => IdOf(entry).CompareTo(end) <= 0)];

        static (long, ulong) Min((long, ulong) a, (long, ulong) b) => a.CompareTo(b) <= 0 ? a : b;
    }

    public override RedisValue[] Learn(OnlineState state)
    {
        var (afterSample, afterLabel) = OffsetsOf(state);
        int sample = 0, label = 0;
        while (sample < _newSamples.Length || label < _newLabels.Length)
        {
            // Of two with one id, the sample.
            if (label == _newLabels.Length
                || sample < _newSamples.Length && IdOf(_newSamples[sample]).CompareTo(IdOf(_newLabels[label])) <= 0)
                Hold(state, _newSamples[sample++]);
            else Join(state, _newLabels[label++]);
        }
        if (sample > 0) afterSample = _newSamples[^1].Id!;
        if (label > 0) afterLabel = _newLabels[^1].Id!;
        state.Offset = $"{afterSample} {afterLabel}";
        return [];
    }

    void Hold(OnlineState state, StreamEntry entry)
    {
        if ((Read(_samples, Sealed, entry) ?? KeyProblem(_samples)) is { } problem)
        {
            state.Reject(problem, JsonOf(Sealed, entry));
            return;
        }
        if (state.Pending!.Add(KeyOf(_samples), IdOf(entry).Time, JsonOf(Sealed, entry).ToArray())) state.Unlabelled++;
        state.Unlabelled += state.Pending.Expire(0, OnlineLimits.Pending);
    }

    void Join(OnlineState state, StreamEntry entry)
    {
        long time = IdOf(entry).Time;
        state.Unlabelled += state.Pending!.Expire(time - Specification.WindowMilliseconds, OnlineLimits.Pending);
        if ((Read(_labels, _labelSeal, entry) ?? KeyProblem(_labels)) is { } problem)
        {
            state.Reject(problem, JsonOf(_labelSeal, entry));
        }
        else if (state.Pending.Remove(KeyOf(_labels)) is { } waiting)
        {
            string? wrong = _waiting.Read(waiting.Sample) ?? state.Learner.TryLearn(_waiting.Row, _labels.Row);
            if (wrong is not null) state.Reject(wrong, JsonOf(_labelSeal, entry));
        }
        else
        {
            state.Unmatched++;
        }
    }

    string? KeyProblem(SampleParser parser) =>
        !parser.Row.IsThere(_keyPlace) || parser.Row.Text(_keyPlace).IsEmpty ? $"the key '{Specification.Key}' is missing" : null;

    string KeyOf(SampleParser parser) => Encoding.UTF8.GetString(parser.Row.Text(_keyPlace));

    static (long Time, ulong Number) IdOf(StreamEntry entry) => StreamEntries.Parse(entry.Id);

    static (string Sample, string Label) OffsetsOf(OnlineState state) =>
        state.Offset.Split(' ') is [var sample, var label] ? (sample, label) : (StreamEntries.First, StreamEntries.First);
}
