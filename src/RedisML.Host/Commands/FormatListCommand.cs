using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace RedisML.Host;

[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    public FormatListCommand() => EngineInternals.FormatAs(this, "List");
}
