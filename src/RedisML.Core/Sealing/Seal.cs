using System.Security.Cryptography;
using System.Text;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Sealing;

/// <summary>Closes values before they go to Redis, and opens what comes from there: AES-256-GCM, with the place of the value, its key and
/// field, as the associated data. <c>docs/sealing.md</c> is the format.</summary>
/// <remarks>The one way by which values are sealed. Without a key it hands over what it is given, and only refuses what is sealed.
/// </remarks>
sealed class Seal
{
    /// <summary>Bytes that a sealed value is longer: magic, nonce and tag. What was aligned to 8 bytes stays so.</summary>
    public const int Overhead = MagicLength + NonceLength + TagLength;

    /// <summary>Seals nothing, and opens nothing that is sealed.</summary>
    public static readonly Seal None = new(null);

    const int MagicLength = 4, NonceLength = 12, TagLength = 16;

    readonly byte[]? _key;

    Seal(byte[]? key) => _key = key;

    /// <summary>Whether values are sealed.</summary>
    public bool IsOn => _key is not null;

    /// <summary>No text in UTF-8 starts so, and nothing else that RedisML writes.</summary>
    static ReadOnlySpan<byte> Magic => [0x93, (byte)'S', (byte)'L', 1];

    /// <summary>The seal of a part of the key space, by a key of its own: HKDF-SHA256 of the root, the part its info.</summary>
    /// <param name="part">Such as <c>dataset:iris</c>.</param>
    public static Seal Of(ReadOnlySpan<byte> root, string part)
    {
        var key = new byte[EncryptionKey.Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, key, [], Encoding.UTF8.GetBytes($"redisml {part}"));
        return new(key);
    }

    public static bool IsSealed(ReadOnlySpan<byte> value) => value.StartsWith(Magic);

    /// <summary>The value as it is to lie under a key, or in a field of it.</summary>
    public RedisValue Close(RedisKey key, RedisValue value, string? field = null) =>
        _key is null ? value : Encrypt(key, ((ReadOnlyMemory<byte>)value).Span, field);

    /// <summary>The same as bytes, where there is a key.</summary>
    public byte[] Encrypt(RedisKey key, ReadOnlySpan<byte> value, string? field = null)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(Overhead + value.Length);
        Encrypt(key, value, bytes, field);
        return bytes;
    }

    /// <summary>The same into memory that there is.</summary>
    /// <param name="to">Of <see cref="Overhead"/> bytes more than the value.</param>
    public void Encrypt(RedisKey key, ReadOnlySpan<byte> value, Span<byte> to, string? field = null)
    {
        Magic.CopyTo(to);
        var nonce = to.Slice(MagicLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key!, TagLength);
        aes.Encrypt(nonce, value, to[Overhead..], to.Slice(MagicLength + NonceLength, TagLength), PlaceOf(key, field));
    }

    /// <summary>A name by which a value is found again, and which says nothing of it: 32 hexadecimal digits.</summary>
    public string Blind(string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key!, Encoding.UTF8.GetBytes($"redisml name {text}")).AsSpan(..16));

    /// <summary>The value that was closed for this place; of no value, none.</summary>
    /// <exception cref="RedisMLException"><c>EncryptionKeyRequired</c>: it is sealed, and there is no key. <c>NotSealed</c>: there is a
    /// key, and it isn't sealed. <c>SealBroken</c>: it was sealed with another key, for another place, or was changed.</exception>
    public RedisValue Open(RedisKey key, RedisValue value, string? field = null)
    {
        if (value.IsNull) return value;
        var bytes = (ReadOnlyMemory<byte>)value;
        if (!Demand(key, bytes.Span, field)) return value;
        var plain = GC.AllocateUninitializedArray<byte>(bytes.Length - Overhead);
        Open(key, bytes.Span, plain, field);
        return plain;
    }

    /// <summary>The same, where the sealed value may be written over.</summary>
    /// <inheritdoc cref="Open(RedisKey, RedisValue, string?)"/>
    public Memory<byte> OpenInPlace(RedisKey key, Memory<byte> value)
    {
        if (!Demand(key, value.Span, null)) return value;
        Open(key, value.Span, value.Span[Overhead..], null);
        return value[Overhead..];
    }

    /// <summary>Whether it is to be opened.</summary>
    bool Demand(RedisKey key, ReadOnlySpan<byte> value, string? field)
    {
        bool isSealed = IsSealed(value);
        if (_key is null && !isSealed) return false;
        string place = field is null ? $"'{key}'" : $"Field '{field}' of '{key}'";
        if (_key is null)
            throw new RedisMLException("EncryptionKeyRequired", ErrorKind.InvalidData,
                $"{place} is sealed. Connect with the key by which it was sealed (Connect-RedisML -EncryptionKey).", $"{key}");
        if (!isSealed || value.Length < Overhead)
            throw new RedisMLException("NotSealed", ErrorKind.InvalidData,
                $"{place} isn't sealed, and a connection with an encryption key reads nothing else: who wrote it didn't have the key. "
                + "Connect without the key to look at it, or remove it.", $"{key}");
        return true;
    }

    void Open(RedisKey key, ReadOnlySpan<byte> value, Span<byte> plain, string? field)
    {
        try
        {
            using var aes = new AesGcm(_key!, TagLength);
            aes.Decrypt(value.Slice(MagicLength, NonceLength), value[Overhead..], value.Slice(MagicLength + NonceLength, TagLength), plain,
                PlaceOf(key, field));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new RedisMLException("SealBroken", ErrorKind.InvalidData,
                $"{(field is null ? $"'{key}'" : $"Field '{field}' of '{key}'")} can't be opened: it was sealed with another key or for " +
                "another place, or was changed since. Remove it, and write it again.", $"{key}", e);
        }
    }

    static byte[] PlaceOf(RedisKey key, string? field) => Encoding.UTF8.GetBytes(field is null ? $"{key}" : $"{key}\0{field}");
}
