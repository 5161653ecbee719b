using System.Management.Automation.Runspaces;

namespace RedisML.Host;

/// <summary>The commands of PowerShell's own modules that scripts miss most, which the engine alone doesn't have.</summary>
static class HostCommands
{
    public static void AddTo(InitialSessionState state)
    {
        state.Commands.Add(new SessionStateCmdletEntry("Write-Output", typeof(WriteOutputCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Write-Host", typeof(WriteHostCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Select-Object", typeof(SelectObjectCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Format-Table", typeof(FormatTableCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Format-List", typeof(FormatListCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Out-String", typeof(OutStringCommand), null));
    }
}
