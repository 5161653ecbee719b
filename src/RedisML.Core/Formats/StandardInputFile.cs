using RedisML.Errors;
using RedisML.Processes;

namespace RedisML.Formats;

/// <summary>Standard input in a temporary file: Parquet and Arrow files aren't read from front to back,
/// and types are looked for before rows are read.</summary>
sealed class StandardInputFile : IDisposable
{
    /// <summary>What stands for standard input among paths.</summary>
    public const string Path = "-";

    const int BufferLength = 1 << 20;

    /// <summary>It goes with the process from before it is there: the process may be ended between the two.</summary>
    readonly TemporaryFile _file = new(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"redisml-{Guid.NewGuid():n}.tmp"));

    StandardInputFile()
    {
    }

    public static async Task<StandardInputFile> ReadAsync(CancellationToken cancellation)
    {
        var kept = new StandardInputFile();
        try
        {
            var input = Console.OpenStandardInput();
            var file = PrivateFile.Open(kept._file.Path, FileMode.CreateNew, FileShare.None, BufferLength, isAsync: true);
            // A read of the console can't be cancelled; it is left behind.
            await using (file.ConfigureAwait(false)) await input.CopyToAsync(file, BufferLength, cancellation).WaitAsync(cancellation)
                .ConfigureAwait(false);
            return kept;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    /// <exception cref="RedisMLException">Those of <see cref="SourceFile.Open"/>.</exception>
    public SourceFile Open() => new FileInfo(_file.Path).Length > 0 ? SourceFile.Open(_file.Path, "standard input")
        : throw new RedisMLException("FileEmpty", ErrorKind.InvalidData, "Standard input is empty.", Path);

    public void Dispose() => _file.Dispose();
}
