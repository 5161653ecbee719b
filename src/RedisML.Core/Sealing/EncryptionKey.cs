using System.Security.Cryptography;
using RedisML.Errors;

namespace RedisML.Sealing;

/// <summary>The user's key, 32 bytes. It seals nothing but the key of a prefix, so that another can take its place and no data is
/// written anew.</summary>
public sealed class EncryptionKey
{
    /// <summary>Bytes of a key: AES-256.</summary>
    public const int Length = 32;

    readonly byte[] _bytes;

    EncryptionKey(byte[] bytes)
    {
        _bytes = bytes;
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(bytes, "redisml key id"u8)[..8]);
    }

    /// <summary>Tells keys apart, and says nothing of them: 16 hexadecimal digits of HMAC-SHA256 of <c>redisml key id</c>.</summary>
    public string Id { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <exception cref="RedisMLException"><c>InvalidEncryptionKey</c>.</exception>
    public static EncryptionKey FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Length ? new(bytes.ToArray())
        : throw Invalid($"it has {bytes.Length} bytes");

    /// <param name="text">32 bytes in Base64, or 64 hexadecimal digits. A password is none: it would be guessed.</param>
    /// <exception cref="RedisMLException"><c>InvalidEncryptionKey</c>; the text isn't in it.</exception>
    public static EncryptionKey Parse(string text)
    {
        text = text.Trim();
        var bytes = new byte[Length];
        try
        {
            if (text.Length == 2 * Length) return new(Convert.FromHexString(text));
        }
        catch (FormatException) { }
        return Convert.TryFromBase64String(text, bytes, out int count) && count == Length ? new(bytes)
            : throw Invalid("the text is neither 32 bytes in Base64 nor 64 hexadecimal digits");
    }

    public override string ToString() => $"key {Id}";

    static RedisMLException Invalid(string why) => new("InvalidEncryptionKey", ErrorKind.InvalidArgument,
        $"That isn't an encryption key: {why}. Make one: [Convert]::ToBase64String(" +
        "[Security.Cryptography.RandomNumberGenerator]::GetBytes(32)), and keep it where secrets are kept.");
}
