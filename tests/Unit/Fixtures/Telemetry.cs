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
        foreach (var variable in Variables) Set(variable, "1");
        // Not of telemetry, but read as early: threads of LightGBM that wait at work would take the cores from all other tests.
        Set("OMP_WAIT_POLICY", "passive");
        // Processes that live for seconds are done before code that counts its own branches is worth its price: a fifth of their time.
        Set("DOTNET_TieredPGO", "0");
    }

    static void Set(string variable, string value)
    {
        Environment.SetEnvironmentVariable(variable, value);
        if (!OperatingSystem.IsWindows()) SetVariable(variable, value, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
