using System.Management.Automation;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsDiagnostic.Test, "RedisMLConnection", HelpUri = HelpPage.Folder + "Test-RedisMLConnection.md")]
[OutputType(typeof(ConnectionTest))]
public sealed class TestRedisMLConnectionCommand : RedisMLCmdlet
{
    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var test = await ConnectionTest.RunAsync(connection, cancellation).ConfigureAwait(false);
        if (test.Warning is { } warning) PostWarning(warning);
        PostObject(test);
    });
}
