using RedisML.Errors;
using RedisML.Formats;
using RedisML.Models;

namespace RedisML.ModelFiles;

/// <summary>Reads models from files, into new versions.</summary>
public static class ModelImport
{
    /// <summary>A file is read into memory as a whole.</summary>
    const long MaxBytes = ModelField.MaxTotalBytes;

    /// <summary>What a file holds. Nothing of it is run.</summary>
    /// <param name="format">Null for the one that the path's extension says.</param>
    /// <exception cref="RedisMLException"><c>FileNotFound</c>, <c>PathIsDirectory</c>, <c>FileNotReadable</c>, <c>PathIsNoFile</c>,
    /// <c>ModelFileInvalid</c>, <c>ModelFileTooLarge</c>; those of <see cref="ModelFormats.Get"/> and of the format.</exception>
    public static async Task<ImportedModel> ReadAsync(
        string path, string? format, ModelImportOptions options, CancellationToken cancellation)
    {
        var file = SourceFile.Find(path);
        if (!TargetFile.IsFile(path)) throw TargetFile.NoFile(path);
        var reader = ModelFormats.Get(format, path);
        if (file.Length > MaxBytes)
            throw new RedisMLException("ModelFileTooLarge", ErrorKind.LimitsExceeded,
                $"'{path}' has {file.Length:N0} bytes; {MaxBytes:N0} are allowed.", path);
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RedisMLException("FileNotReadable", ErrorKind.ReadError, $"'{path}' can't be read: {e.Message}", path, e);
        }
        return Decoding.Run(() => reader.Read(content, options), (why, e) => e is RedisMLException known
            ? new RedisMLException(known.ErrorId, known.Kind, $"'{path}': {known.Message}", path, e)
            : new("ModelFileInvalid", ErrorKind.InvalidData, $"'{path}' isn't a model that can be read: {why}.", path, e));
    }
}
