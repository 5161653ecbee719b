using RedisML.Runs.Exchange;

namespace RedisML.Runs;

/// <summary>What the nodes of a run do, each with its share of the rows: the same program on every node.</summary>
/// <typeparam name="T">What it comes to, the same on every node.</typeparam>
/// <remarks>
/// Its only input from outside are the results of its exchanges. A node that comes late, or that lost its state, makes a new one and runs
/// it from the start: early exchanges are answered from a record, and the first commit takes over the state of the others.
/// </remarks>
public interface IRunProgram<out T>
{
    /// <summary>How many leaves there are to share out; 0 where that isn't known before <see cref="Prepare"/>,
    /// which then has them all.</summary>
    int Leaves { get; }

    /// <summary>Loads the data of a share; called before it is contributed to, and again where the share has changed.</summary>
    void Prepare(Share share);

    /// <summary>Runs to the end, on the leader's thread.</summary>
    T Run(IExchange exchange);
}
