using System.Text;
using RedisML.Errors;
using RedisML.Sealing;

namespace RedisML.Unit.Sealing;

/// <summary>The format, by what another program sealed: the test vector of <c>docs/sealing.md</c>, which Python's cryptography made.
/// </summary>
public sealed class SealTests
{
    const string Place = "redisml:encryption", Page = "redisml:dataset:iris:page:00000000000000ab:0",
        Version = "redisml:model:kind:version:1";

    const string Root = """
        {"format":1,"key":"6949c1af67411d52",
        "wrapped":"ZGVmZ2hpamtsbW5vaDr8RV3McLkWS3XD9khE0nLzNDm/WcVFn+iWc8eem3egM0gCzBPyXUY95HXvHMpI"}
        """;

    const string SealedPage = "93534c01707172737475767778797a7b5bc1cc23172a9dc8e990dd99c46ef8aa4fe113175d99";
    const string SealedWeight = "93534c017c7d7e7f8081828384858687e81283be0f65665997d8a0d34359e525d847c4";

    static readonly EncryptionKey s_key = EncryptionKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    static byte[] RootBytes => SealedRoot.FromJson(Root, Place).Unwrap(s_key, Place);

    [Fact]
    public void What_another_program_sealed_is_opened()
    {
        Assert.Equal(Enumerable.Range(32, 32).Select(i => (byte)i), RootBytes);
        Assert.Equal("petals", (string?)Seal.Of(RootBytes, "dataset:iris").Open(Page, Convert.FromHexString(SealedPage)));
        Assert.Equal("0.5", (string?)Seal.Of(RootBytes, "model:kind").Open(Version, Convert.FromHexString(SealedWeight), "weight"));
    }

    /// <summary>A value opens at its own place, with its own key, unchanged; and nowhere else.</summary>
    [Theory]
    [InlineData("model:kind", Version, "weight", null)]
    [InlineData("model:kind", Version, "intercept", "SealBroken")]
    [InlineData("model:kind", Version, null, "SealBroken")]
    [InlineData("model:kind", "redisml:model:kind:version:2", "weight", "SealBroken")]
    [InlineData("model:other", Version, "weight", "SealBroken")]
    public void A_value_opens_at_its_own_place_alone(string part, string key, string? field, string? errorId)
    {
        var seal = Seal.Of(RootBytes, part);
        var error = Record.Exception(() => seal.Open(key, Convert.FromHexString(SealedWeight), field)) as RedisMLException;
        Assert.Equal(errorId, error?.ErrorId);
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        var seal = Seal.Of(RootBytes, "dataset:iris");
        byte[] bytes = Convert.FromHexString(SealedPage);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            var error = Assert.Throws<RedisMLException>(() => seal.Open(Page, bytes.ToArray()));
            Assert.Equal(i < 4 ? "NotSealed" : "SealBroken", error.ErrorId);
            bytes[i] ^= 1;
        }
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<RedisMLException>(() => seal.Open(Page, bytes[..length]));
    }

    [Fact]
    public void Two_values_look_alike_in_nothing_and_open_again()
    {
        var seal = Seal.Of(RootBytes, "dataset:iris");
        byte[] plain = Encoding.UTF8.GetBytes("petals, petals"), one = seal.Encrypt(Page, plain), two = seal.Encrypt(Page, plain);
        Assert.NotEqual(one[4..], two[4..]);
        Assert.Equal(plain.Length + Seal.Overhead, one.Length);
        Assert.Equal(plain, (byte[]?)seal.Open(Page, one));
        Assert.Equal(plain, seal.OpenInPlace(Page, two).ToArray());
    }

    [Fact]
    public void Without_a_key_nothing_changes_and_what_is_sealed_is_refused()
    {
        byte[] plain = [1, 2, 3];
        Assert.Same(plain, (byte[]?)Seal.None.Close(Page, plain));
        Assert.Same(plain, (byte[]?)Seal.None.Open(Page, plain));
        Assert.Equal("EncryptionKeyRequired",
            Assert.Throws<RedisMLException>(() => Seal.None.Open(Page, Convert.FromHexString(SealedPage))).ErrorId);
    }

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", true)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", true)]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", false)]
    [InlineData("correct horse battery staple", false)]
    [InlineData("", false)]
    public void A_key_is_32_bytes_as_text_and_no_password(string text, bool isOne)
    {
        if (isOne)
        {
            Assert.Equal("6949c1af67411d52", EncryptionKey.Parse(text).Id);
            return;
        }
        var error = Assert.Throws<RedisMLException>(() => EncryptionKey.Parse(text));
        Assert.Equal("InvalidEncryptionKey", error.ErrorId);
        if (text != "") Assert.DoesNotContain(text, error.ToString());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"format":2,"key":"6949c1af67411d52","wrapped":""}""")]
    [InlineData("""{"format":1,"key":"6949c1af67411d52","wrapped":"AAAA"}""")]
    public void A_root_that_is_none_says_so(string json) =>
        Assert.Equal("SealBroken", Assert.Throws<RedisMLException>(() => SealedRoot.FromJson(json, Place)).ErrorId);

    [Fact]
    public void Another_key_or_place_unwraps_no_root()
    {
        var other = EncryptionKey.FromBytes(new byte[32]);
        var root = SealedRoot.FromJson(Root, Place);
        Assert.Equal("WrongEncryptionKey", Assert.Throws<RedisMLException>(() => root.Unwrap(other, Place)).ErrorId);
        Assert.Equal("SealBroken", Assert.Throws<RedisMLException>(() => root.Unwrap(s_key, "team:encryption")).ErrorId);
        Assert.Equal("SealBroken", Assert.Throws<RedisMLException>(() => (root with { Key = other.Id }).Unwrap(other, Place)).ErrorId);
    }
}
