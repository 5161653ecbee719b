using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RedisML.Unit.Fixtures;

/// <summary>Keeps ONNX Runtime and PowerShell from reporting to their makers what they run,
/// here and in processes that tests start.</summary>
static partial class Telemetry
{
    /// <summary>By which each is told not to, where they are set to 1.</summary>
    internal static readonly string[] Variables = ["ORT_DISABLE_TELEMETRY", "POWERSHELL_TELEMETRY_OPTOUT"];

    /// <summary>Native code reads the variable of the process, which that of .NET isn't, outside Windows.
    /// Child processes inherit the latter.</summary>
    [ModuleInitializer]
    internal static void OptOut()
    {
        foreach (var variable in Variables)
        {
            Environment.SetEnvironmentVariable(variable, "1");
            if (!OperatingSystem.IsWindows()) SetVariable(variable, "1", overwrite: 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
