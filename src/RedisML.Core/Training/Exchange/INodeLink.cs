namespace RedisML.Training;

/// <summary>How this process takes part in a run: alone or as one of several nodes. For the leader's thread.</summary>
internal interface INodeLink
{
    /// <summary>Called with this node's share before it contributes: loads the share's data.</summary>
    Action<Share> Prepare { set; }

    /// <summary>Takes part, from the state that is returned; empty: from the start.</summary>
    /// <param name="wait">Waits for a task on the leader's thread.</param>
    byte[] Enter(Action<Task> wait);

    /// <inheritdoc cref="ITrainingExchange.Gather"/>
    IReadOnlyList<ReadOnlyMemory<byte>> Gather(TrainingReplica replica, Func<Share, byte[]> contribute);

    /// <inheritdoc cref="ITrainingExchange.Sum"/>
    ReadOnlyMemory<double> Sum(TrainingReplica replica, int length, Func<Share, IReadOnlyList<Memory<double>>> contribute);
}

/// <summary>This node has lost its state, or its place among the nodes: it has to enter again.</summary>
internal sealed class ReplicaLostException(string reason) : Exception(reason);

/// <summary>One process, which agrees with itself.</summary>
internal sealed class LocalLink : INodeLink
{
    static readonly Share s_all = new(0, int.MaxValue);

    public Action<Share> Prepare { private get; set; } = _ => { };

    public byte[] Enter(Action<Task> wait)
    {
        Prepare(s_all);
        return [];
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(TrainingReplica replica, Func<Share, byte[]> contribute) => [contribute(s_all)];

    public ReadOnlyMemory<double> Sum(TrainingReplica replica, int length, Func<Share, IReadOnlyList<Memory<double>>> contribute) =>
        contribute(s_all)[0];
}
