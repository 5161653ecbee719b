using Apache.Arrow;

namespace RedisML.Formats;

/// <summary>Writes the rows of a dataset in some format, a chunk after the other.</summary>
abstract class RowWriter : IAsyncDisposable
{
    /// <summary>Writes <paramref name="count"/> rows of a chunk's columns.</summary>
    /// <param name="columns">Valid until the task ends.</param>
    public abstract Task WriteAsync(IReadOnlyList<IArrowArray> columns, int start, int count, CancellationToken cancellation);

    /// <summary>Writes what comes after the last row.</summary>
    public virtual Task EndAsync(CancellationToken cancellation) => Task.CompletedTask;

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
