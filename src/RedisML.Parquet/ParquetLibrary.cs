using ParquetSharp;
using RedisML.Errors;

namespace RedisML.Parquet;

/// <summary>Calls into the native library, whose errors are of many kinds.</summary>
static class ParquetLibrary
{
    /// <summary>Reads: what is wrong is the file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="RedisMLException"><c>ParquetUnavailable</c></exception>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw Unavailable(e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvalidDataException or RedisMLException))
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>Writes: what is wrong is the target.</summary>
    /// <exception cref="IOException"></exception>
    /// <exception cref="RedisMLException"><c>ParquetUnavailable</c></exception>
    public static T Write<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw Unavailable(e);
        }
        catch (ParquetException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    static RedisMLException Unavailable(Exception e) => new("ParquetUnavailable", ErrorKind.ResourceUnavailable,
        "Parquet needs a native library that there is for Windows, macOS and Linux with glibc, x64 and arm64, and that didn't load here; "
        + "use Arrow files (.arrow) instead.", null, e);
}
