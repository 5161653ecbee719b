using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace RedisML.Host;

/// <summary>What the engine keeps to itself and <c>pwsh</c> uses, by reflection. The engine's version is pinned, and tests run each of these.</summary>
static class EngineInternals
{
    const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    static readonly Assembly s_engine = typeof(PSObject).Assembly;

    /// <summary>Makes <c>exit</c> in the script file that runs next end the session with its code, instead of that script alone.</summary>
    public static void LetNextScriptExit(Runspace runspace)
    {
        var context = typeof(Runspace).GetProperty("ExecutionContext", Members)!.GetValue(runspace)!;
        context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Members)!.SetValue(context, true);
    }

    /// <summary>An error that <c>Out-Default</c> shows on the error stream, as one that was written there.</summary>
    public static PSObject Written(ErrorRecord error)
    {
        var written = new PSObject(error);
        var stream = typeof(PSObject).GetProperty("WriteStream", Members)!;
        stream.SetValue(written, Enum.Parse(stream.PropertyType, "Error"));
        return written;
    }

    /// <summary>The exception by which a command ends those before it in the pipeline, as <c>Select-Object -First</c> does.</summary>
    public static Exception StopUpstream(InternalCommand command) =>
        (Exception)Create(s_engine.GetType("System.Management.Automation.StopUpstreamCommandsException", true)!, command);

    /// <summary>Lets a command format as tables or lists.</summary>
    public static void FormatAs(FrontEndCommandBase command, string shape)
    {
        var value = Enum.Parse(FormatType("FormatShape"), shape);
        SetImplementation(command, Create(FormatType("InnerFormatShapeCommand"), value));
    }

    /// <summary>Lets a command format to text lines of at most <paramref name="width"/> characters.</summary>
    public static void FormatTo(FrontEndCommandBase command, TextWriter writer, int width)
    {
        var manager = Create(FormatType("OutputManagerInner"));
        var output = Create(FormatType("TextWriterLineOutput"), writer, width);
        manager.GetType().GetProperty("LineOutput", Members)!.SetValue(manager, output);
        SetImplementation(command, manager);
    }

    static void SetImplementation(FrontEndCommandBase command, object implementation) =>
        typeof(FrontEndCommandBase).GetField("implementation", Members)!.SetValue(command, implementation);

    static Type FormatType(string name) => s_engine.GetType($"Microsoft.PowerShell.Commands.Internal.Format.{name}", true)!;

    static object Create(Type type, params object[] arguments) => Activator.CreateInstance(type, Members, null, arguments, null)!;
}
