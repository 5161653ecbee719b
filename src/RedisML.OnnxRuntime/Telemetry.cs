using System.Runtime.InteropServices;

namespace RedisML.OnnxRuntime;

/// <summary>Keeps ONNX Runtime from reporting to its maker what is run.</summary>
static partial class Telemetry
{
    const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>To be called before the native library is loaded: later is too late.</summary>
    /// <remarks>Outside Windows native code doesn't see the variables that .NET sets; child processes see those alone.</remarks>
    public static void OptOut()
    {
        Environment.SetEnvironmentVariable(Variable, "1");
        if (!OperatingSystem.IsWindows()) _ = SetVariable(Variable, "1", overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
