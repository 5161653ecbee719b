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

    /// <summary>Those of runs that have ended, for runs to come: each has memory of the library's, and a timer.</summary>
    readonly ConcurrentBag<LimitedRun> _runs = [];

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
        var run = _runs.TryTake(out var idle) ? idle : new LimitedRun();
        run.Limit.Start(Limit);
        try
        {
            return Session.Run(run.Options, names, inputs, outputs);
        }
        catch (OnnxRuntimeException e)
        {
            if (run.Limit.IsOver) throw Slow(e);
            throw new RedisMLException("OnnxFailed", ErrorKind.InvalidData,
                $"The model can't predict these rows: {e.Message.TrimEnd('.')}.", null, e);
        }
        finally
        {
            // What was told to stop would stop the next run too.
            if (run.Limit.End()) _runs.Add(run);
            else run.Dispose();
        }
    }

    static InferenceSession Open(byte[] model)
    {
        bool isOurs = MakeReady();
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        if (isOurs) options.AddSessionConfigEntry("session.use_env_allocators", "1");
        using var limit = new TimeLimit(() => options.SetLoadCancellationFlag(true));
        limit.Start(Limit);
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
    static bool MakeReady()
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

    /// <summary>What a run is told to stop by.</summary>
    sealed class LimitedRun : IDisposable
    {
        public LimitedRun() => Limit = new(() => Options.Terminate = true);

        public RunOptions Options { get; } = new();

        public TimeLimit Limit { get; }

        public void Dispose()
        {
            Limit.Dispose();
            Options.Dispose();
        }
    }

    /// <summary>Calls somebody once when a time is over, unless it has ended before; as often as it is started.</summary>
    sealed class TimeLimit : IDisposable
    {
        readonly Lock _gate = new();
        readonly Timer _timer;
        long _due = long.MaxValue;

        public TimeLimit(Action stop) => _timer = new(_ =>
        {
            lock (_gate)
            {
                // It may be late, and of a time that has ended.
                if (Environment.TickCount64 < _due) return;
                IsOver = true;
                stop();
            }
        });

        public bool IsOver { get; private set; }

        public void Start(TimeSpan limit)
        {
            lock (_gate) _due = Environment.TickCount64 + (long)limit.TotalMilliseconds;
            _timer.Change(limit, Timeout.InfiniteTimeSpan);
        }

        /// <returns>Whether it has ended in time.</returns>
        public bool End()
        {
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
            lock (_gate) _due = long.MaxValue;
            return !IsOver;
        }

        public void Dispose()
        {
            End();
            _timer.Dispose();
        }
    }
}
