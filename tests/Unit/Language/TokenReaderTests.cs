using RedisML.Algorithms.Language;
using RedisML.Formats.Text;

namespace RedisML.Unit.Language;

public sealed class TokenReaderTests
{
    /// <summary>Each token between bars.</summary>
    [Theory]
    [InlineData("To be, or not", "To|be|,|or|not")]
    [InlineData("It isn't O’Neil's 3.14 or 1,000.", "It|isn't|O’Neil's|3.14|or|1,000|.")]
    [InlineData("l'été naïve e\u0301te\u0301", "l'été|naïve|e\u0301te\u0301")]
    [InlineData("我喜欢海。", "我|喜|欢|海|。")]
    [InlineData("ひらがなとカタカナ", "ひ|ら|が|な|と|カタカナ")]
    [InlineData("ที่นี่", "ที่|นี่")]
    [InlineData("שלום עולם!", "שלום|עולם|!")]
    [InlineData("한국어 문장", "한국어|문장")]
    [InlineData("नमस्ते दुनिया", "नमस्ते|दुनिया")]
    [InlineData("ok👩‍🚀🇩🇪x", "ok|👩‍🚀|🇩🇪|x")]
    [InlineData("snake_case x=1", "snake_case|x|=|1")]
    [InlineData("\uFEFF \t\r\n\0", "")]
    [InlineData("𝒜𝒷 𠀀𠀁", "𝒜𝒷|𠀀|𠀁")]
    public void Words_of_any_script(string text, string tokens) =>
        Assert.Equal(tokens, string.Join('|', TokenReader.ReadAll(text, Tokenization.Word)));

    [Theory]
    [InlineData("a b\r\nc", "a| |b|\r\n|c")]
    [InlineData("e\u0301👩‍🚀海", "e\u0301|👩‍🚀|海")]
    public void Characters_as_a_reader_counts_them(string text, string tokens) =>
        Assert.Equal(tokens, string.Join('|', TokenReader.ReadAll(text, Tokenization.Character)));

    /// <summary>Nothing of a text is lost (but a joiner that a cut leaves alone), no token is longer than allowed, and none ends within a
    /// surrogate pair.</summary>
    [Theory]
    [InlineData(Tokenization.Word)]
    [InlineData(Tokenization.Character)]
    public void Without_end_it_is_cut(Tokenization tokenization)
    {
        string[] texts = [new('x', 1000), "a" + new string('\u0301', 5000), string.Concat(Enumerable.Repeat("𝒜", 500)),
            "a" + string.Concat(Enumerable.Repeat("𝒜", 500)), string.Concat(Enumerable.Repeat("👩\u200D", 500))];
        foreach (var text in texts)
        {
            var tokens = TokenReader.ReadAll(text, tokenization);
            Assert.Equal(text.Replace("\u200D", ""), string.Concat(tokens).Replace("\u200D", ""));
            Assert.All(tokens, token => Assert.InRange(token.Length, 1, TokenReader.MaxLength));
            Assert.All(tokens, token => Assert.True(UnicodeText.IsValid(token)));
        }
    }

    [Fact]
    public void Half_a_pair_is_no_text()
    {
        Assert.True(UnicodeText.IsValid("a👩b"));
        foreach (var text in new[] { "a\uD83D", "\uDC69a", "\uDC69\uD83D", "👩\uD83D👩" }) Assert.False(UnicodeText.IsValid(text));
    }

    [Theory]
    [InlineData("Well, he said: don't (please) go!")]
    [InlineData("我喜欢海。 ok")]
    public void Joined_again_they_are_the_text(string text)
    {
        var tokens = TokenReader.ReadAll(text, Tokenization.Word);
        Assert.Equal(text.Replace("。 ok", "。ok", StringComparison.Ordinal),
            TokenJoin.Join(tokens, Tokenization.Word).Replace("。 ok", "。ok", StringComparison.Ordinal));
    }
}
