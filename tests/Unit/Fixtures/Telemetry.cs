using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RedisML.Unit.Fixtures;

/// <summary>Keeps ONNX Runtime from reporting to its makers what it runs.</summary>
static partial class Telemetry
{
    /// <summary>Native code reads the variable of the process, which that of .NET isn't, outside Windows. Child processes inherit the latter.</summary>
    [ModuleInitializer]
    internal static void OptOut()
    {
        Environment.SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1");
        if (!OperatingSystem.IsWindows()) SetVariable("ORT_DISABLE_TELEMETRY", "1", overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
