using System.Collections.Concurrent;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using StackExchange.Redis;

namespace RedisML.Serving.Commands;

/// <summary>The models by which a server answers <c>ML.PREDICT</c>: loads them, and follows their aliases.</summary>
/// <remarks>Commands run on the server's threads and must take microseconds. So all reading is done here, beside them.</remarks>
public sealed class CommandModels : IAsyncDisposable
{
    static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    readonly Func<CancellationToken, Task<RedisMLConnection>> _connect;
    readonly bool _takesOthers;
    readonly ConcurrentDictionary<string, CommandModel> _models = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, CommandModel>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    readonly CancellationTokenSource _stop = new();
    readonly SemaphoreSlim _turn = new(1);
    RedisMLConnection? _connection;
    Task _following = Task.CompletedTask;

    /// <param name="connect">Reaches the server that has the models; called when the first is asked for.</param>
    /// <param name="takesOthers">Whether models are served that weren't pinned, from when they are first asked for.</param>
    public CommandModels(Func<CancellationToken, Task<RedisMLConnection>> connect, bool takesOthers)
    {
        (_connect, _takesOthers) = (connect, takesOthers);
        _bySpan = _models.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Loads a model that is served from now on, whatever becomes of its name.</summary>
    /// <exception cref="RedisMLException">Those of <see cref="ModelStore.GetAsync(ModelReference, CancellationToken)"/> and of
    /// <see cref="Prediction.ModelFamilies.LoadAsync"/>; those of a connection.</exception>
    public async Task PinAsync(string name, CancellationToken cancellation)
    {
        var model = new CommandModel(name, isPinned: true);
        await LoadAsync(model, cancellation).ConfigureAwait(false);
        _models[name] = model;
    }

    /// <summary>What answers for a client; of its own, as buffers are.</summary>
    public CommandSession NewSession() => new(this);

    /// <summary>The model of a name. The first who asks waits until it is loaded, or an error says that it is being loaded.</summary>
    /// <param name="error">Where there is none: the error as the client reads it.</param>
    internal CommandModel? Find(ReadOnlySpan<char> name, out string error)
    {
        error = "";
        if (_bySpan.TryGetValue(name, out var model) && model.Served is not null) return model;
        var text = name.ToString();
        if (model is null)
        {
            if (!_takesOthers)
            {
                error = $"ERR no such model '{text}': this server answers for " +
                    string.Join(", ", _models.Keys.Order(StringComparer.Ordinal));
                return null;
            }
            if (_models.Count >= CommandLimits.Models)
            {
                error = $"ERR no such model '{text}' among the {CommandLimits.Models} that this server holds";
                return null;
            }
            model = _models.GetOrAdd(text, static (name, self) => self.Begin(name), this);
        }
        try
        {
            if (model.Loading.Wait(CommandLimits.LoadPatience) && model.Served is not null) return model;
            error = $"LOADING model '{text}' is being loaded, ask again";
        }
        catch (AggregateException e)
        {
            // Whoever asks next looks again.
            _models.TryRemove(new(text, model));
            error = e.GetBaseException() switch
            {
                RedisMLException { Kind: ErrorKind.ObjectNotFound or ErrorKind.InvalidArgument } => $"ERR no such model '{text}'",
                RedisMLException typed => $"ERR {typed.Message}",
                _ => $"ERR model '{text}' can't be loaded",
            };
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
        _stop.Dispose();
    }

    CommandModel Begin(string name)
    {
        var model = new CommandModel(name, isPinned: false);
        model.Loading = Task.Run(() => LoadAsync(model, _stop.Token));
        return model;
    }

    async Task LoadAsync(CommandModel model, CancellationToken cancellation)
    {
        var reference = ModelReference.Parse(model.Name);
        var models = new ModelStore(await ConnectionAsync(cancellation).ConfigureAwait(false));
        var found = await models.GetAsync(reference, cancellation).ConfigureAwait(false);
        // A version that was changed by hand may change again under its number.
        if (found.Version == model.Served?.Model.Version && !found.Modified) return;
        model.Served = await ServedModel.LoadAsync(models, found, cancellation).ConfigureAwait(false);
    }

    /// <summary>The connection; with it begins the look for versions.</summary>
    async Task<RedisMLConnection> ConnectionAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_connection is not null) return _connection;
            _connection = await _connect(cancellation).ConfigureAwait(false);
            _following = Task.Run(FollowAsync, CancellationToken.None);
            return _connection;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Exchanges models whose names stand for other versions now, until the end.</summary>
    async Task FollowAsync()
    {
        while (true)
        {
            try { await Task.Delay(s_interval, _stop.Token).ConfigureAwait(false); }
            catch (OperationCanceledException) { return; }
            foreach (var model in _models.Values.Where(model => model.Served is not null))
            {
                try
                {
                    await LoadAsync(model, _stop.Token).ConfigureAwait(false);
                }
                catch (RedisMLException e) when (e.Kind == ErrorKind.ObjectNotFound)
                {
                    if (model.IsPinned) continue;
                    _models.TryRemove(new(model.Name, model));
                    model.IsGone = true;
                }
                // What fails for another reason is looked for again: a server of models may be away.
                catch (Exception e) when (e is RedisMLException or RedisException or TimeoutException or ObjectDisposedException) { }
                catch (OperationCanceledException) { return; }
            }
        }
    }
}
