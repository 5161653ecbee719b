using System.Runtime.InteropServices;
using RedisML.Runs.Exchange;

namespace RedisML.Runs.Nodes;

/// <summary>A node as the leader of its workers sees it.</summary>
internal sealed class NodeLink(RunNode node) : INodeLink
{
    readonly Contribution _contribution = new();
    double[] _sum = [];
    Action<Task> _wait = _ => { };
    Action<Share> _prepare = _ => { };
    int _leaves;
    Share? _prepared;

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

    T Alone<T>(Func<Share, T> contribute)
    {
        node.Steps.CheckAlone();
        Attend();
        var share = new Share(0, _leaves);
        Ready(share);
        var contribution = contribute(share);
        node.Steps.Advance();
        return contribution;
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
                if (result is null) continue;
            }
            node.Steps.Advance();
            return result;
        }
    }

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

    T Wait<T>(Task<T> task)
    {
        if (!task.IsCompleted) _wait(task);
        return task.GetAwaiter().GetResult();
    }
}
