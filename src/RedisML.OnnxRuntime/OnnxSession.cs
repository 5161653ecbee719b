using System.Collections.Concurrent;
using System.IO.Hashing;
using Microsoft.ML.OnnxRuntime;
using RedisML.Errors;

namespace RedisML.OnnxRuntime;

/// <summary>A model that ONNX Runtime has loaded. The same bytes are loaded once in a process, whoever asks,
/// and run on any thread.</summary>
/// <remarks>A session has no threads of its own: who predicts brings several chunks at a time, and a row is faster so.</remarks>
sealed class OnnxSession
{
    /// <summary>All models of a process together have so much memory for what they compute.</summary>
    const uint ArenaBytes = uint.MaxValue;

    /// <summary>Sessions that stay loaded though nobody uses them.</summary>
    const int Kept = 4;

    static readonly Lock s_gate = new();
    static readonly Dictionary<UInt128, WeakReference<OnnxSession>> s_sessions = [];
    static readonly Queue<OnnxSession> s_recent = new();
    static bool s_isReady;

    /// <summary>Those of runs that have ended, for runs to come: each is memory of the library's.</summary>
    readonly ConcurrentBag<RunOptions> _options = [];

    OnnxSession(InferenceSession session) => Session = session;

    public InferenceSession Session { get; }

    /// <summary>How long a model may take to be loaded, or to answer for some thousand rows.</summary>
    public static TimeSpan Limit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The session of a model.</summary>
    /// <exception cref="RedisMLException"><c>OnnxModelInvalid</c>, <c>OnnxTimeout</c>, <c>OnnxRuntimeUnavailable</c>.</exception>
    public static OnnxSession Load(byte[] model)
    {
        var hash = XxHash128.HashToUInt128(model);
        lock (s_gate)
        {
            if (s_sessions.TryGetValue(hash, out var known) && known.TryGetTarget(out var shared)) return shared;
            var session = new OnnxSession(OnnxErrors.Loading(() => Open(model)));
            foreach (var (gone, _) in s_sessions.Where(entry => !entry.Value.TryGetTarget(out _)).ToList()) s_sessions.Remove(gone);
            s_sessions[hash] = new(session);
            s_recent.Enqueue(session);
            if (s_recent.Count > Kept) s_recent.Dequeue();
            return session;
        }
    }

    /// <summary>Runs the model once.</summary>
    /// <exception cref="RedisMLException"><c>OnnxFailed</c>, <c>OnnxTimeout</c>.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyCollection<string> names, IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<string> outputs)
    {
        var options = _options.TryTake(out var idle) ? idle : new RunOptions();
        var limit = new TimeLimit(Limit, () => options.Terminate = true);
        try
        {
            return Session.Run(options, names, inputs, outputs);
        }
        catch (OnnxRuntimeException e)
        {
            if (limit.IsOver) throw Slow(e);
            throw new RedisMLException("OnnxFailed", ErrorKind.InvalidData,
                $"The model can't predict these rows: {e.Message.TrimEnd('.')}.", null, e);
        }
        finally
        {
            limit.Dispose();
            // What was told to stop would stop the next run too.
            if (limit.IsOver) options.Dispose();
            else _options.Add(options);
        }
    }

    static InferenceSession Open(byte[] model)
    {
        var environment = Environment();
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        if (environment) options.AddSessionConfigEntry("session.use_env_allocators", "1");
        using var limit = new TimeLimit(Limit, () => options.SetLoadCancellationFlag(true));
        try
        {
            return new(model, options);
        }
        catch (OnnxRuntimeException e) when (limit.IsOver)
        {
            throw Slow(e);
        }
    }

    /// <summary>Makes the library ready. False where somebody else in the process did, with an allocator of theirs.</summary>
    static bool Environment()
    {
        if (s_isReady) return true;
        Telemetry.OptOut();
        if (!OrtEnv.IsCreated)
        {
            var options = new EnvironmentCreationOptions { logId = "RedisML", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            OrtEnv.CreateInstanceWithOptions(ref options);
        }
        using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        using var arena = new OrtArenaCfg(ArenaBytes, -1, -1, -1);
        OrtEnv.Instance().CreateAndRegisterAllocator(memory, arena);
        return s_isReady = true;
    }

    static RedisMLException Slow(Exception e) => new("OnnxTimeout", ErrorKind.OperationTimeout,
        $"The model was stopped: it took longer than {Limit.TotalSeconds:0.#} s.", null, e);

    /// <summary>Calls somebody once when a time is over, unless it was disposed of before.</summary>
    sealed class TimeLimit : IDisposable
    {
        readonly Lock _gate = new();
        readonly Timer _timer;
        bool _hasEnded;

        public TimeLimit(TimeSpan limit, Action stop) => _timer = new(_ =>
        {
            lock (_gate)
            {
                if (_hasEnded) return;
                IsOver = true;
                stop();
            }
        }, null, limit, Timeout.InfiniteTimeSpan);

        public bool IsOver { get; private set; }

        public void Dispose()
        {
            lock (_gate) _hasEnded = true;
            _timer.Dispose();
        }
    }
}
