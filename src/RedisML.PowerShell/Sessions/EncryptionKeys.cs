using System.Management.Automation;
using System.Net;
using System.Security;
using RedisML.Errors;
using RedisML.Sealing;

namespace RedisML.PowerShell.Sessions;

/// <summary>Encryption keys as users give them: bytes, or text that says them, secure as what <c>Get-Secret</c> gives or plain.</summary>
static class EncryptionKeys
{
    /// <exception cref="RedisMLException"><c>InvalidEncryptionKey</c>.</exception>
    internal static EncryptionKey Read(object given) => (given is PSObject wrapped ? wrapped.BaseObject : given) switch
    {
        EncryptionKey key => key,
        byte[] bytes => EncryptionKey.FromBytes(bytes),
        SecureString text => EncryptionKey.Parse(new NetworkCredential("", text).Password),
        string text => EncryptionKey.Parse(text),
        var other when LanguagePrimitives.TryConvertTo(other, out byte[] bytes) => EncryptionKey.FromBytes(bytes),
        var other => throw new RedisMLException("InvalidEncryptionKey", ErrorKind.InvalidArgument,
            $"An encryption key is a SecureString, text or 32 bytes, and not a {other.GetType().Name}."),
    };
}
