using System.Management.Automation;
using Microsoft.PowerShell;

// PowerShell's own console, with the module beside it found before others of its name. All of this goes before the engine starts, which
// reads the variables once. It would put the module folders that it knows first: here they are known to follow.
var modules = Path.Combine(AppContext.BaseDirectory, "Modules");
var others = ModuleIntrinsics.GetModulePath(Environment.GetEnvironmentVariable("PSModulePath"), null, null);
Environment.SetEnvironmentVariable("PSModulePath", modules + Path.PathSeparator + others);

// It would report to its makers which modules are loaded, and look there for a newer version of itself, which nobody here was asked about.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");

// As pwsh is installed; the engine alone would run no script.
if (OperatingSystem.IsWindows()) Environment.SetEnvironmentVariable("PSExecutionPolicyPreference", "RemoteSigned");

// The formatter would colour into pipes and files too.
if (Console.IsOutputRedirected || Console.IsErrorRedirected) PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

return ConsoleShell.Start(null, null, args);
