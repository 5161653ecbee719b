using Microsoft.ML.OnnxRuntime;
using RedisML.Errors;

namespace RedisML.OnnxRuntime;

/// <summary>What can be wrong with a model in ONNX.</summary>
static class OnnxErrors
{
    public static RedisMLException Invalid(string why, Exception? e = null) =>
        new("OnnxModelInvalid", ErrorKind.InvalidData, $"This is no model in ONNX that can be run: {why.TrimEnd('.')}.", null, e);

    public static RedisMLException Unclear(string why) => new("OnnxSignatureUnclear", ErrorKind.InvalidArgument, why);

    public static RedisMLException Unsupported(string why) => new("OnnxUnsupported", ErrorKind.InvalidData, why);

    /// <summary>Runs a call of the native library that makes something of a model.</summary>
    /// <exception cref="RedisMLException"><c>OnnxModelInvalid</c>, <c>OnnxRuntimeUnavailable</c>.</exception>
    public static T Loading<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (OnnxRuntimeException e)
        {
            throw Invalid(e.Message, e);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or TypeInitializationException
            or EntryPointNotFoundException)
        {
            throw new RedisMLException("OnnxRuntimeUnavailable", ErrorKind.ResourceUnavailable,
                "ONNX models need a native library that there is for Windows and Linux with glibc, x64 and arm64, and macOS on arm64, " +
                "and that didn't load here; on Windows it needs the Visual C++ runtime. " + (e.InnerException ?? e).Message, null, e);
        }
    }
}
