using RedisML.Runs.Exchange;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>The nodes of a run as threads of this process, which meet at a barrier: what they come to is what nodes come to of whom none
/// comes or goes.</summary>
sealed class Members(int count) : IDisposable
{
    readonly Barrier _barrier = new(count);
    readonly byte[][] _given = new byte[count][];

    /// <param name="saved">Where all of them go on; empty: at the start.</param>
    /// <param name="states">Is given the state before each section.</param>
    public INodeLink Link(int rank, byte[] saved, List<byte[]>? states = null) => new MemberLink(this, rank, saved, states);

    public void Dispose() => _barrier.Dispose();

    IReadOnlyList<ReadOnlyMemory<byte>> Exchange(int rank, byte[] payload)
    {
        _given[rank] = payload;
        Meet();
        IReadOnlyList<ReadOnlyMemory<byte>> parts = [.. _given.Select(part => new ReadOnlyMemory<byte>(part))];
        Meet();
        return parts;
    }

    void Meet()
    {
        if (!_barrier.SignalAndWait(Patience.Event)) throw new TimeoutException("Another member doesn't come.");
    }

    sealed class MemberLink(Members members, int rank, byte[] saved, List<byte[]>? states) : INodeLink, ISection
    {
        Action<Share> _prepare = _ => { };

        public string Generation => "all";

        public Share Share { get; private set; }

        public int Rank => rank;

        public int Count => members._given.Length;

        public void Use(Action<Share> prepare, int leaves) => (_prepare, Share) = (prepare, Share.Of(leaves, rank, Count));

        public byte[] Enter(Action<Task> wait)
        {
            _prepare(Share);
            return saved;
        }

        public IReadOnlyList<ReadOnlyMemory<byte>> Gather(RunReplica replica, Func<Share, byte[]> contribute) =>
            members.Exchange(rank, contribute(Share));

        public ReadOnlyMemory<double> Sum(RunReplica replica, int length, Func<Share, IReadOnlyList<Memory<double>>> contribute) =>
            throw new NotSupportedException();

        public T Together<T>(RunReplica replica, Func<ISection, T> work)
        {
            states?.Add(replica.Save());
            return work(this);
        }

        public IReadOnlyList<ReadOnlyMemory<byte>> Exchange(ReadOnlySpan<byte> payload) => members.Exchange(rank, payload.ToArray());
    }
}
