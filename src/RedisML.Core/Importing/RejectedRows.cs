using RedisML.Columns;
using RedisML.Errors;
using RedisML.Formats;

namespace RedisML.Importing;

/// <summary>What becomes of rows that don't fit.</summary>
public enum BadRowPolicy
{
    /// <summary>The first one stops the import.</summary>
    Stop,

    /// <summary>They are left out, and counted.</summary>
    Skip,

    /// <summary>They are left out, counted, and written to a file.</summary>
    Quarantine,
}

/// <summary>Takes the rows that don't fit, as the options say: stops, counts, or writes them to the reject file.</summary>
/// <param name="resumeFrom">Where the import goes on: the reject file is cut back to what it was then.</param>
sealed class RejectedRows(RowSource source, IReadOnlyList<SourceColumn> columns, ImportOptions options, ImportCheckpoint? resumeFrom)
    : IAsyncDisposable
{
    FileStream? _file;

    public long Count { get; private set; } = resumeFrom?.Rejected ?? 0;

    /// <summary>Bytes written to the reject file.</summary>
    public long FileBytes => _file?.Position ?? resumeFrom?.RejectBytes ?? 0;

    /// <summary>Where the reject file lies, once there is one.</summary>
    public string? Path => _file?.Name ?? (resumeFrom?.RejectBytes > 0 ? RejectPath : null);

    /// <exception cref="RedisMLException"><c>BadRow</c>, <c>TooManyBadRows</c>, <c>RejectFileFailed</c>.</exception>
    public async Task AddAsync(BadRow bad, string file, long line)
    {
        if (options.BadRow == BadRowPolicy.Stop) throw Error("BadRow", bad, file, line, "");
        Count++;
        if (options.BadRow == BadRowPolicy.Quarantine) await WriteAsync(bad, line).ConfigureAwait(false);
        if (Count > options.MaxBadRows)
            throw Error("TooManyBadRows", bad, file, line,
                $" It is one more than the {options.MaxBadRows:N0} bad rows that -MaxBadRow allows.");
    }

    /// <summary>Hands what was written to the system: nothing is published, nor said to be resumable, before that has succeeded.</summary>
    /// <exception cref="RedisMLException"><c>RejectFileFailed</c></exception>
    public async Task FlushAsync()
    {
        try { await (_file?.FlushAsync() ?? Task.CompletedTask).ConfigureAwait(false); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw Failed(e); }
    }

    public async ValueTask DisposeAsync()
    {
        try { await (_file?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false); }
        catch (IOException)
        {
            // It tries once more what FlushAsync has failed with.
        }
    }

    /// <summary>Before anything is imported: whether the rejected rows may go where they are to go.</summary>
    /// <exception cref="RedisMLException"><c>RejectFileExists</c>, <c>RejectFileIsSource</c>, and those of
    /// <see cref="TargetFile.Resolve"/>.</exception>
    public void Check()
    {
        if (options.BadRow != BadRowPolicy.Quarantine || resumeFrom?.RejectBytes > 0) return;
        if (!File.Exists(TargetFile.Resolve(RejectPath))) return;
        if (!options.Force)
            throw new RedisMLException("RejectFileExists", ErrorKind.ResourceExists,
                $"'{RejectPath}', where rejected rows are to go, exists already. Move it, name another file with -RejectPath, or replace " +
                "it with -Force.", RejectPath);
        CheckIsNoSource();
    }

    /// <summary>The pass begins again: its reject file, where it has one, goes.</summary>
    public async Task DiscardAsync()
    {
        if (_file is null && !(resumeFrom?.RejectBytes > 0)) return;
        await DisposeAsync().ConfigureAwait(false);
        File.Delete(TargetFile.Resolve(RejectPath));
    }

    string RejectPath => options.RejectPath ?? source.RejectPath;

    async Task WriteAsync(BadRow bad, long line)
    {
        try
        {
            if (_file is null)
            {
                bool goesOn = resumeFrom?.RejectBytes > 0;
                _file = Open(goesOn ? FileMode.Open : options.Force ? FileMode.Create : FileMode.CreateNew);
                if (goesOn)
                {
                    if (_file.Length < resumeFrom!.RejectBytes)
                        throw ImportCheckpoint.Changed(source, $"its rejected rows in '{RejectPath}' are gone");
                    _file.SetLength(resumeFrom.RejectBytes);
                    _file.Position = resumeFrom.RejectBytes;
                }
                else
                {
                    await _file.WriteAsync(source.RejectHeader).ConfigureAwait(false);
                }
            }
            await _file.WriteAsync(source.RejectLine(bad, line, ColumnName(bad), Reason(bad))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    FileStream Open(FileMode mode)
    {
        string path = TargetFile.Resolve(RejectPath);
        if (mode == FileMode.Create && File.Exists(path)) CheckIsNoSource();
        return PrivateFile.Open(path, mode, FileShare.Read);
    }

    /// <summary>A file that can't be had alone while the source is locked is the source, by whatever name or link.</summary>
    void CheckIsNoSource()
    {
        using var locks =
            new Locks([.. source.Files.Where(File.Exists)
            .Select(f => new FileStream(f, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))]);
        try
        {
            using var alone =
                new FileStream(TargetFile.Resolve(RejectPath), FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
        }
        catch (IOException e)
        {
            throw new RedisMLException("RejectFileIsSource", ErrorKind.InvalidArgument,
                $"The rejected rows can't go to '{RejectPath}': that is a file that is imported, or one that somebody has open.",
                RejectPath, e);
        }
    }

    sealed record Locks(IReadOnlyList<FileStream> Files) : IDisposable
    {
        public void Dispose()
        {
            foreach (var file in Files) file.Dispose();
        }
    }

    RedisMLException Failed(Exception e)
    {
        string path = options.RejectPath ?? source.RejectPath;
        return new("RejectFileFailed", ErrorKind.WriteError,
            $"The rejected rows can't be written to '{path}': {e.Message}. Nothing was published.", path, e);
    }

    string ColumnName(BadRow bad) => bad.Column < 0 ? "" : columns[bad.Column].Name;

    string Reason(BadRow bad) => bad.Reason != "" ? bad.Reason : $"is no {columns[bad.Column].Schema.Type}";

    RedisMLException Error(string id, BadRow bad, string file, long line, string more)
    {
        string name = ColumnName(bad), what = bad.Column < 0
            ? $"{bad.Reason}: {bad.Value}"
            : bad.Reason != "" ? $"'{bad.Value}' in column '{name}' {bad.Reason}. -BadRow leaves such rows out"
            : $"'{bad.Value}' in column '{name}' {Reason(bad)}. If it stands for a missing value, name it with -NullValue; if the column " +
                $"holds {(bad.ValueType == ColumnType.Utf8 ? "text" : "such values")}, say so with -Schema @{{ '{name}' = " +
                $"'{bad.ValueType}' }}; -BadRow leaves such rows out";
        return new(id, ErrorKind.InvalidData, $"'{file}', {source.RowName} {line}: {what}.{more}", $"{file}:{line}");
    }
}
