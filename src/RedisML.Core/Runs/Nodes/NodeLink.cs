using System.Diagnostics;
using System.Runtime.InteropServices;
using RedisML.Diagnostics;
using RedisML.Runs.Exchange;

namespace RedisML.Runs.Nodes;

/// <summary>A node as the leader of its workers sees it.</summary>
internal sealed class NodeLink(RunNode node) : INodeLink
{
    static readonly TimeSpan s_longWait = TimeSpan.FromSeconds(0.5);

    readonly Contribution _contribution = new();
    double[] _sum = [];
    TimeSpan _waited;
    long _exchanges;
    Action<Task> _wait = _ => { };
    Action<Share> _prepare = _ => { };
    int _leaves;
    Share? _prepared;

    /// <summary>What was exchanged with other nodes, and how long that took.</summary>
    public string Describe() => _exchanges == 0 ? "Exchange: none, as this node was alone."
        : $"Exchange: {_exchanges:N0} with other nodes; {_waited.TotalSeconds:N2} s were spent waiting for them.";

    /// <summary>The state of the training that runs now, or ran last.</summary>
    public RunReplica? Replica { get; private set; }

    public void Use(Action<Share> prepare, int leaves) => (_prepare, _leaves) = (prepare, leaves);

    public byte[] Enter(Action<Task> wait)
    {
        (_wait, _prepared, Replica) = (wait, null, null);
        return Wait(node.Steps.EnterAsync());
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(RunReplica replica, Func<Share, byte[]> contribute)
    {
        Replica = replica;
        if (node.Membership.IsAlone) return [Alone(contribute)];
        using var result = Step(replica, share => _contribution.Write(contribute(share)), 0);
        return [.. result.Payloads.Select(payload => new ReadOnlyMemory<byte>(payload.ToArray()))];
    }

    public ReadOnlyMemory<double> Sum(RunReplica replica, int length, Func<Share, IReadOnlyList<Memory<double>>> contribute)
    {
        Replica = replica;
        if (node.Membership.IsAlone) return Alone(contribute)[0];
        using var result = Step(replica, share => _contribution.Write(contribute(share)), length);
        if (_sum.Length != length) _sum = new double[length];
        if (result.IsSum) result.Payloads[0].Span.CopyTo(MemoryMarshal.AsBytes(_sum.AsSpan()));
        else BranchSums.Combine(result.Payloads, _leaves, _sum);
        return _sum;
    }

    public T Together<T>(RunReplica replica, Func<ISection, T> work)
    {
        Replica = replica;
        while (true)
        {
            using var section = new NodeSection(this, replica, node.Membership.IsAlone ? null : Begin(replica));
            try
            {
                return work(section);
            }
            catch (SectionAbandonedException) { }
        }
    }

    /// <summary>The members of a section, all of whom are ready; no step is taken.</summary>
    Formation Begin(RunReplica replica)
    {
        while (true)
        {
            var formation = Wait(node.Steps.FormAsync(replica, _leaves));
            if (formation.Decided is { } decided)
            {
                decided.Dispose();
                throw new ReplicaLostException("the others have begun a section without this node");
            }
            Attend();
            Ready(formation.Share);
            if (formation.IsReady || Wait(node.Steps.ReadyAsync(formation, replica))) return formation;
        }
    }

    T Alone<T>(Func<Share, T> contribute)
    {
        var share = new Share(0, _leaves);
        AttendAlone(share);
        var contribution = contribute(share);
        Advance();
        return contribution;
    }

    void AttendAlone(Share share)
    {
        node.Steps.CheckAlone();
        Attend();
        Ready(share);
    }

    void Advance() => node.Steps.Advance();

    /// <summary>A step of a section, to which this node's contribution is written already.</summary>
    /// <exception cref="SectionAbandonedException">Another generation has begun.</exception>
    StepResult Step(RunReplica replica, string generation)
    {
        while (true)
        {
            var formation = Wait(node.Steps.FormAsync(replica, _leaves));
            var result = formation.Decided;
            if (result is not null && formation.DecidedIn != generation)
            {
                result.Dispose();
                throw new ReplicaLostException("the others have taken up a section without this node");
            }
            if (result is null)
            {
                if (formation.Generation != generation) throw new SectionAbandonedException();
                Attend();
                result = Wait(node.Steps.ExchangeAsync(formation, _contribution, 0, _leaves, replica.Digest));
                if (result is null) continue;
            }
            Advance();
            return result;
        }
    }

    StepResult Step(RunReplica replica, Action<Share> contribute, int length)
    {
        while (true)
        {
            var formation = Wait(node.Steps.FormAsync(replica, _leaves));
            var result = formation.Decided;
            if (result is null)
            {
                Attend();
                Ready(formation.Share);
                if (!formation.IsReady && !Wait(node.Steps.ReadyAsync(formation, replica))) continue;
                contribute(formation.Share);
                result = Wait(node.Steps.ExchangeAsync(formation, _contribution, length, _leaves, replica.Digest));
                _exchanges++;
                if (result is null) continue;
            }
            node.Steps.Advance();
            return result;
        }
    }

    string Id => node.Membership.Id;

    void Attend()
    {
        var attending = node.Duties.AttendAsync(Replica!);
        if (!attending.IsCompletedSuccessfully) _wait(attending);
    }

    void Ready(Share share)
    {
        if (share == _prepared) return;
        _prepare(share);
        _prepared = share;
    }

    /// <summary>A section among the members of one generation; of no generation where this node is alone.</summary>
    sealed class NodeSection : ISection, IDisposable
    {
        readonly NodeLink _link;
        readonly RunReplica _replica;
        readonly Formation? _formation;
        StepResult? _result;

        public NodeSection(NodeLink link, RunReplica replica, Formation? formation)
        {
            (_link, _replica, _formation) = (link, replica, formation);
            Share = formation?.Share ?? new(0, link._leaves);
            Rank = formation?.Members.TakeWhile(member => member != link.Id).Count() ?? 0;
            Count = formation?.Members.Count ?? 1;
            if (formation is null) link.AttendAlone(Share);
        }

        public string Generation => _formation?.Generation ?? "alone";

        public Share Share { get; }

        public int Rank { get; }

        public int Count { get; }

        public IReadOnlyList<ReadOnlyMemory<byte>> Exchange(ReadOnlySpan<byte> payload)
        {
            Dispose();
            if (_formation is null)
            {
                _link.AttendAlone(Share);
                _link.Advance();
                return [payload.ToArray()];
            }
            _link._contribution.Write(payload);
            _result = _link.Step(_replica, _formation.Generation);
            return _result.Payloads;
        }

        public void Dispose()
        {
            _result?.Dispose();
            _result = null;
        }
    }

    T Wait<T>(Task<T> task)
    {
        if (task.IsCompleted) return task.GetAwaiter().GetResult();
        long start = Stopwatch.GetTimestamp();
        _wait(task);
        var waited = Stopwatch.GetElapsedTime(start);
        _waited += waited;
        if (waited > s_longWait) WorkLog.Steps?.Step($"Waited {waited.TotalSeconds:N2} s for the other nodes.");
        return task.GetAwaiter().GetResult();
    }
}
