using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace RedisML.Host;

/// <summary>The engine's host: a console, or redirected streams.</summary>
sealed class ConsoleHost : PSHost
{
    public int? ExitCode { get; private set; }

    public ConsoleUserInterface Interface { get; } = new();

    public override string Name => "RedisML.Host";

    public override Version Version { get; } = System.Version.Parse(CommandLine.Version);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => Interface;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new PSNotSupportedException("This host has no nested prompts.");

    public override void ExitNestedPrompt() => throw new PSNotSupportedException("This host has no nested prompts.");

    public override void NotifyBeginApplication() { }

    public override void NotifyEndApplication() { }
}
