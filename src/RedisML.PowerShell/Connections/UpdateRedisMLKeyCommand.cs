using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;
using RedisML.Sealing;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsData.Update, "RedisMLKey", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class UpdateRedisMLKeyCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    public object NewEncryptionKey { get; set; } = "";

    protected override void ProcessRecord()
    {
        EncryptionKey key;
        try
        {
            key = EncryptionKeys.Read(NewEncryptionKey);
        }
        catch (RedisMLException e)
        {
            Fail(e);
            return;
        }
        if (!ShouldProcess("what is sealed under the prefix of the connection", $"Have {key} open it, and no other")) return;
        Run(async (connection, cancellation) =>
        {
            if (!await connection.ChangeEncryptionKeyAsync(key, cancellation).ConfigureAwait(false))
                throw new RedisMLException("SealingNotSetUp", ErrorKind.InvalidOperation,
                    $"Nothing is sealed under the prefix '{connection.Prefix}' any more: its key is gone.", connection.Prefix);
            PostVerbose($"What is sealed under '{connection.Prefix}' on {connection.Endpoint} is opened by {key} from now on.");
        });
    }
}
