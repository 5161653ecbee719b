using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RedisML.Errors;

namespace RedisML.Sealing;

/// <summary>The key of a prefix, from which those of its datasets and models are derived, wrapped by the user's: what lies in Redis of it.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Key">The <see cref="EncryptionKey.Id"/> of the user's key.</param>
/// <param name="Wrapped">Nonce, sealed bytes and tag, by AES-256-GCM, with the key where they lie as the associated data.</param>
sealed record SealedRoot(int Format, string Key, byte[] Wrapped)
{
    const int NonceLength = 12, TagLength = 16;

    /// <param name="place">The key where it is to lie.</param>
    public static SealedRoot Wrap(EncryptionKey key, ReadOnlySpan<byte> root, string place)
    {
        var wrapped = new byte[NonceLength + EncryptionKey.Length + TagLength];
        RandomNumberGenerator.Fill(wrapped.AsSpan(..NonceLength));
        using var aes = new AesGcm(key.Bytes, TagLength);
        aes.Encrypt(wrapped.AsSpan(..NonceLength), root, wrapped.AsSpan(NonceLength, EncryptionKey.Length), wrapped.AsSpan(^TagLength..),
            Encoding.UTF8.GetBytes(place));
        return new(1, key.Id, wrapped);
    }

    /// <exception cref="RedisMLException"><c>WrongEncryptionKey</c>; <c>SealBroken</c>.</exception>
    public byte[] Unwrap(EncryptionKey key, string place)
    {
        if (Key != key.Id)
            throw new RedisMLException("WrongEncryptionKey", ErrorKind.AuthenticationError,
                $"What lies under this prefix is sealed with key {Key}, and this is {key}. Give the right one.", place);
        try
        {
            var root = new byte[EncryptionKey.Length];
            using var aes = new AesGcm(key.Bytes, TagLength);
            aes.Decrypt(Wrapped.AsSpan(..NonceLength), Wrapped.AsSpan(NonceLength, EncryptionKey.Length), Wrapped.AsSpan(^TagLength..),
                root, Encoding.UTF8.GetBytes(place));
            return root;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw Broken(place, "it was changed, or is from elsewhere", e);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, SealedRootJson.Default.SealedRoot);

    /// <exception cref="RedisMLException"><c>SealBroken</c>.</exception>
    public static SealedRoot FromJson(string json, string place) => Decoding.Run(() =>
    {
        var root = JsonSerializer.Deserialize(json, SealedRootJson.Default.SealedRoot);
        Decoding.Demand(root is { Format: 1, Key: not null, Wrapped.Length: NonceLength + EncryptionKey.Length + TagLength },
            "it isn't what was written");
        return root;
    }, (why, e) => Broken(place, why, e));

    static RedisMLException Broken(string place, string why, Exception e) => new("SealBroken", ErrorKind.InvalidData,
        $"The key that seals what lies under this prefix, at '{place}', can't be read: {why}. Put it back from a backup: without it " +
        "nothing can be opened.", place, e);
}
