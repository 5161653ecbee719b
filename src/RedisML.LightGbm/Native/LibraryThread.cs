using System.Runtime.ExceptionServices;

namespace RedisML.LightGbm.Native;

/// <summary>Runs work of the library on a thread of its own, which ends with it.</summary>
/// <remarks>
/// OpenMP keeps a team of threads for each thread that ever asked it for one, for as long as that lives. Once there are more of them than
/// cores, a team no longer watches for its next piece of work but sleeps, and to be woken takes longer than most pieces: trainings that
/// came one after another on the threads of a pool took up to three times as long.
/// </remarks>
static class LibraryThread
{
    /// <param name="threads">How many the library may take for it, where <c>OMP_NUM_THREADS</c> doesn't say fewer.</param>
    public static T Run<T>(int threads, Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                LightGbmLibrary.Limit(threads);
                result = work();
            }
            catch (Exception e) { failure = ExceptionDispatchInfo.Capture(e); }
        })
        { IsBackground = true, Name = "LightGBM" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
