using System.Runtime.InteropServices;

namespace RedisML.Training;

/// <summary>A node as the leader of its workers sees it.</summary>
internal sealed class NodeLink(TrainingNode node) : INodeLink
{
    Action<Task> _wait = _ => { };
    Action<Share> _prepare = _ => { };
    int _leaves;
    Share? _prepared;

    /// <summary>The state of the training that runs now, or ran last.</summary>
    public TrainingReplica? Replica { get; private set; }

    public void Use(Action<Share> prepare, int leaves) => (_prepare, _leaves) = (prepare, leaves);

    public byte[] Enter(Action<Task> wait)
    {
        (_wait, _prepared, Replica) = (wait, null, null);
        return Wait(node.EnterAsync());
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(TrainingReplica replica, Func<Share, byte[]> contribute)
    {
        Replica = replica;
        return node.IsAlone ? [Alone(contribute)] : Step(replica, contribute, 0).Payloads;
    }

    public ReadOnlyMemory<double> Sum(TrainingReplica replica, int length, Func<Share, IReadOnlyList<Memory<double>>> contribute)
    {
        Replica = replica;
        if (node.IsAlone) return Alone(contribute)[0];
        var (payloads, isSum) = Step(replica, share => BranchSums.ToBytes(contribute(share)), length);
        return isSum ? MemoryMarshal.Cast<byte, double>(payloads[0].Span).ToArray() : BranchSums.Combine(payloads, length, _leaves);
    }

    T Alone<T>(Func<Share, T> contribute)
    {
        node.CheckAlone();
        Attend();
        var share = new Share(0, _leaves);
        Ready(share);
        var contribution = contribute(share);
        node.Advance();
        return contribution;
    }

    StepResult Step(TrainingReplica replica, Func<Share, byte[]> contribute, int length)
    {
        while (true)
        {
            var formation = Wait(node.FormAsync(replica, _leaves));
            var result = formation.Decided;
            if (result is null)
            {
                Attend();
                Ready(formation.Share);
                if (!formation.IsReady && !Wait(node.ReadyAsync(formation, replica))) continue;
                result = Wait(node.ExchangeAsync(formation, contribute(formation.Share), length, _leaves, replica.Digest));
                if (result is null) continue;
            }
            node.Advance();
            return result;
        }
    }

    void Attend()
    {
        var attending = node.AttendAsync(Replica!);
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
