using System.Globalization;
using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

/// <summary>Adds texts to a language model, in batches that are learned wholly or not at all, and once however often they are sent.
/// </summary>
/// <remarks>Several may write at once: counts don't depend on the order. One writer is for one thread.</remarks>
public sealed class LanguageModelWriter
{
    /// <summary>The more, the oftener an n-gram comes again and costs the server nothing; but a script keeps others waiting while it runs,
    /// a tenth of a second for so many.</summary>
    const int MaxBatchTokens = 8192, MaxBatchContexts = 3 * MaxBatchTokens;

    const int EvictedTogether = 2000;

    const int MaxSourceLength = 256;

    /// <summary>How long after its last batch the server remembers a writer without a source.</summary>
    const int WriterSeconds = 3600;

    readonly LanguageModel _model;
    readonly string _source;
    readonly RedisKey _writer;
    readonly TextWalk _walk;
    readonly long _learnedBefore;

    NGramBatch _batch = new();
    Task _sending = Task.CompletedTask;

    /// <summary>Tokens that were read, and how many of those were sent.</summary>
    long _position, _sent;

    int _batchTexts;
    long _texts, _evicted, _contexts;

    LanguageModelWriter(LanguageModel model, string source, long learned)
    {
        _model = model;
        _source = source;
        _writer = model.Keys.Writer(Guid.NewGuid().ToString("N"));
        _walk = new(model.Options);
        _learnedBefore = _sent = learned;
    }

    /// <summary>Starts to add to a model.</summary>
    /// <param name="source">What the texts come from, such as a file. What was learned of it before is passed over, so that after a
    /// failure the same texts can be added again. Null: all of them are new.</param>
    /// <exception cref="RedisMLException"><c>InvalidTextSource</c>.</exception>
    public static async Task<LanguageModelWriter> StartAsync(LanguageModel model, string? source, CancellationToken cancellation)
    {
        if (source is null) return new(model, "", 0);
        if (source.Length is 0 or > MaxSourceLength || source.Any(char.IsControl))
            throw new RedisMLException("InvalidTextSource", ErrorKind.InvalidArgument,
                $"'{source}' can't name a source: a name has 1 to {MaxSourceLength} characters, none of them a control character.", source);
        var learned = await model.Database.PatientlyAsync(
            d => d.HashGetAsync(model.Keys.State, LanguageModelField.SourcePrefix + source), cancellation).ConfigureAwait(false);
        if (learned.IsNull) return new(model, source, 0);
        return learned.TryParse(out long tokens) && tokens >= 0 ? new(model, source, tokens)
            : throw LanguageModel.Invalid(model.Name, $"of source '{source}' '{learned}' tokens are learned");
    }

    /// <summary>Adds a text, from its begin to its end. One without a token is nothing; one that isn't valid Unicode is counted, and
    /// left out.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotFound</c>: it was removed. <c>TextSourceBusy</c>: somebody else adds the same
    /// source.</exception>
    public async Task AddAsync(string text, CancellationToken cancellation)
    {
        if (!_walk.TryStart(text, _batch)) return;
        while (_walk.MoveNext())
            if (Put()) await SendAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits until what was sent is learned.</summary>
    /// <param name="wholeBatchesOnly">Whether what doesn't fill a batch yet may wait for more; else all that was added is learned.</param>
    /// <exception cref="RedisMLException">As of <see cref="AddAsync"/>.</exception>
    public async Task SendAsync(bool wholeBatchesOnly, CancellationToken cancellation)
    {
        if (!wholeBatchesOnly && _position > _sent) await SendAsync(cancellation).ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
    }

    /// <summary>Sees to it that all that was added is learned, and ends.</summary>
    /// <exception cref="RedisMLException">As of <see cref="AddAsync"/>.</exception>
    public async Task<LanguageModelUpdate> CompleteAsync(CancellationToken cancellation)
    {
        await SendAsync(wholeBatchesOnly: false, cancellation).ConfigureAwait(false);
        if (_source == "") await _model.Database.PatientlyAsync(d => d.KeyDeleteAsync(_writer), cancellation).ConfigureAwait(false);
        if (_contexts == 0)
            _contexts = await _model.Database.PatientlyAsync(d => d.SortedSetLengthAsync(_model.Keys.Contexts), cancellation)
                .ConfigureAwait(false);
        return new()
        {
            Model = _model.Name,
            Texts = _texts,
            Tokens = Math.Max(_position - _learnedBefore, 0),
            Skipped = Math.Min(_position, _learnedBefore),
            Rejected = _walk.Rejected,
            Contexts = Math.Max(_contexts - 1, 0),
            Evicted = _evicted,
        };
    }

    /// <summary>Takes the token at hand into the batch.</summary>
    /// <returns>Whether the batch is full.</returns>
    bool Put()
    {
        if (_walk.IsAtEnd && _position >= _learnedBefore)
        {
            _texts++;
            _batchTexts++;
        }
        int id = _batch.TokenId(_walk.Current);
        if (++_position > _learnedBefore) _batch.Count(_batch.ContextId(_walk.History.Ids), id);
        _walk.History.Add(id);
        return _position - _sent >= MaxBatchTokens || _batch.Contexts.Count >= MaxBatchContexts || id >= MaxBatchContexts;
    }

    /// <summary>Sends the batch when the one before is learned, and goes on while it is on its way.</summary>
    async Task SendAsync(CancellationToken cancellation)
    {
        var (batch, from, to, texts) = (_batch, _sent, _position, _batchTexts);
        _batch = new();
        _walk.History.Move(batch, _batch);
        // Tokens that are passed over only fill the list of tokens.
        if (to <= from) return;
        (_sent, _batchTexts) = (to, 0);
        var (keys, arguments) = Arguments(batch, from, to, texts);
        await _sending.ConfigureAwait(false);
        _sending = LearnAsync(keys, arguments, from, to, cancellation);
    }

    async Task LearnAsync(RedisKey[] keys, RedisValue[] arguments, long from, long to, CancellationToken cancellation)
    {
        _model.Connection.DemandRoom();
        var reply = (long[])(await _model.Database.PatientlyAsync(
            d => d.ScriptEvaluateAsync(LanguageScripts.Learn, keys, arguments), cancellation).ConfigureAwait(false))!;
        if (reply[0] < 0) throw _model.Removed();
        if (reply[0] != to)
            throw new RedisMLException("TextSourceBusy", ErrorKind.ResourceBusy, $"Of source '{_source}' {reply[0]:N0} tokens are "
                + $"learned, and {from:N0} were expected: somebody else adds it to model '{_model.Name}'. What they learned isn't learned "
                + "again; add the source again when they are done.", _source);
        _contexts = reply[1];
        if (_model.Options.MaximumContext is { } most) await EvictAsync(most + 1L, cancellation).ConfigureAwait(false);
    }

    /// <summary>What the script is told of a batch.</summary>
    (RedisKey[] Keys, RedisValue[] Arguments) Arguments(NGramBatch batch, long from, long to, int texts)
    {
        const int FixedKeys = 3;
        int count = batch.Contexts.Count;
        var order = Enumerable.Range(0, count).OrderByDescending(context => batch.Contexts[context].Level).ToArray();
        var place = new int[count];
        for (int i = 0; i < count; i++) place[order[i]] = FixedKeys + i + 1;
        var grams = batch.Counts.ToLookup(gram => gram.Key.Context, gram => (gram.Key.Token, Times: gram.Value));

        var keys = new RedisKey[FixedKeys + count];
        (keys[0], keys[1], keys[2]) = (_model.Keys.State, _model.Keys.Contexts, _writer);
        var arguments = new List<RedisValue>(8 + 3 * count + 2 * batch.Counts.Count) { _model.Id, _source, from, to, texts, WriterSeconds };
        arguments.Add(((byte[])_model.Keys.Context([])!).Length);
        foreach (int id in order)
        {
            var context = batch.Contexts[id];
            keys[place[id] - 1] = _model.Keys.Context(context.Name);
            int start = arguments.Count;
            arguments.AddRange([context.Level, context.Shorter < 0 ? 0 : place[context.Shorter], 0]);
            foreach (var (token, times) in grams[id]) arguments.AddRange([batch.Token(token), times]);
            arguments[start + 2] = (arguments.Count - start - 3) / 2;
        }
        return (keys, [.. arguments]);
    }

    /// <summary>Takes the rarest contexts away until there are no more than allowed.</summary>
    /// <param name="most">With the empty context, which stays.</param>
    async Task EvictAsync(long most, CancellationToken cancellation)
    {
        var keys = _model.Keys;
        while (_contexts > most)
        {
            long excess = Math.Min(_contexts - most, EvictedTogether);
            var rarest = await _model.Database.PatientlyAsync(d => d.SortedSetRangeByRankWithScoresAsync(keys.Contexts, 0, excess),
                cancellation).ConfigureAwait(false);
            var victims = rarest.Where(victim => victim.Element.Length() > 0).ToArray();
            if (victims.Length == 0) return;
            RedisKey[] all = [keys.State, keys.Contexts, .. victims.Select(v => keys.Context(((ReadOnlyMemory<byte>)v.Element).Span))];
            RedisValue[] arguments = [_model.Id, most, .. victims.SelectMany(v => new[] { v.Element, Exactly(v.Score) })];
            long left = (long)await _model.Database.PatientlyAsync(
                d => d.ScriptEvaluateAsync(LanguageScripts.Evict, all, arguments), cancellation).ConfigureAwait(false);
            if (left < 0) throw _model.Removed();
            _evicted += Math.Max(_contexts - left, 0);
            _contexts = left;
        }
    }

    static RedisValue Exactly(double score) => score.ToString("R", CultureInfo.InvariantCulture);
}
