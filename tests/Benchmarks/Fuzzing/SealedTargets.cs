using System.Text;
using RedisML.Errors;
using RedisML.Sealing;

namespace RedisML.Benchmarks.Fuzzing;

/// <summary>What lies sealed in Redis: whatever is done to it, it is opened as it was sealed, or not at all.</summary>
static class SealedTargets
{
    const string Place = "redisml:a:value", Root = "redisml:seal";
    static readonly EncryptionKey s_key = EncryptionKey.FromBytes(new byte[EncryptionKey.Length]);
    static readonly Seal s_seal = Seal.Of(s_key.Bytes, "dataset:a");

    /// <summary>The inputs of a target as they are sealed; with what opens, it does as the target does.</summary>
    public static FuzzTarget Of(FuzzTarget open) => new($"sealed-{open.Name}", [.. open.Seeds.Select(seed => s_seal.Encrypt(Place, seed))],
        bytes =>
        {
            DemandKey(bytes);
            // As a value is opened, and as a chunk is: in its own memory.
            var plain = (byte[])s_seal.Open(Place, bytes)!;
            if (!s_seal.OpenInPlace(Place, bytes.ToArray()).Span.SequenceEqual(plain) || !open.Seeds.Any(seed => plain.SequenceEqual(seed)))
                throw new InvalidOperationException("What was changed is opened.");
            open.Read(plain);
        });

    /// <summary>The key of a prefix, wrapped by the user's.</summary>
    public static FuzzTarget OfRoot()
    {
        var root = Enumerable.Range(0, EncryptionKey.Length).Select(i => (byte)i).ToArray();
        return new("sealed-root", [Encoding.UTF8.GetBytes(SealedRoot.Wrap(s_key, root, Root).ToJson())], bytes =>
        {
            if (!SealedRoot.FromJson(Encoding.UTF8.GetString(bytes), Root).Unwrap(s_key, Root).SequenceEqual(root))
                throw new InvalidOperationException("What was changed is unwrapped.");
        });
    }

    /// <summary>Without a key, what still looks sealed is refused.</summary>
    static void DemandKey(byte[] bytes)
    {
        try
        {
            Seal.None.Open(Place, bytes);
        }
        catch (RedisMLException e) when (e.ErrorId == "EncryptionKeyRequired")
        {
            return;
        }
        if (Seal.IsSealed(bytes)) throw new InvalidOperationException("What is sealed is taken without its key.");
    }
}
