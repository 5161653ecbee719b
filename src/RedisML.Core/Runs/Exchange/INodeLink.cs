namespace RedisML.Runs.Exchange;

/// <summary>How this process takes part in a run: alone or as one of several nodes. For the leader's thread.</summary>
internal interface INodeLink
{
    /// <param name="prepare">Loads the data of a share; called before it is contributed to.</param>
    /// <param name="leaves">How many leaves there are to share out, where that is known.</param>
    void Use(Action<Share> prepare, int leaves);

    /// <summary>Takes part, from the state that is returned; empty: from the start.</summary>
    /// <param name="wait">Waits for a task on the leader's thread.</param>
    byte[] Enter(Action<Task> wait);

    /// <inheritdoc cref="IExchange.Gather"/>
    IReadOnlyList<ReadOnlyMemory<byte>> Gather(RunReplica replica, Func<Share, byte[]> contribute);

    /// <inheritdoc cref="IExchange.Sum"/>
    ReadOnlyMemory<double> Sum(RunReplica replica, int length, Func<Share, IReadOnlyList<Memory<double>>> contribute);

    /// <inheritdoc cref="IExchange.Together"/>
    T Together<T>(RunReplica replica, Func<ISection, T> work);
}

/// <summary>This node has lost its state, or its place among the nodes: it has to enter again.</summary>
internal sealed class ReplicaLostException(string reason) : Exception(reason);

/// <summary>One process, which agrees with itself.</summary>
internal sealed class LocalLink : INodeLink
{
    public static Share All => new(0, int.MaxValue);

    Action<Share> _prepare = _ => { };

    public void Use(Action<Share> prepare, int leaves) => _prepare = prepare;

    public byte[] Enter(Action<Task> wait)
    {
        _prepare(All);
        return [];
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(RunReplica replica, Func<Share, byte[]> contribute) => [contribute(All)];

    public ReadOnlyMemory<double> Sum(RunReplica replica, int length, Func<Share, IReadOnlyList<Memory<double>>> contribute) =>
        contribute(All)[0];

    public T Together<T>(RunReplica replica, Func<ISection, T> work) => work(new LocalSection(All));
}
