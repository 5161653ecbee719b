using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Unit.Models;

public class ModelReferenceTests
{
    [Theory]
    [InlineData("price", "price", null)]
    [InlineData("price@3", "price", 3)]
    [InlineData("pri*@12", "pri*", 12)]
    public void A_reference_is_read_and_written_alike(string text, string name, int? version)
    {
        var reference = ModelReference.Parse(text);
        Assert.Equal(new ModelReference(name, version), reference);
        Assert.Equal(text, reference.ToString());
    }

    [Theory]
    [InlineData("price@")]
    [InlineData("price@0")]
    [InlineData("price@-1")]
    [InlineData("price@ 1")]
    [InlineData("price@1@2")]
    [InlineData("price@99999999999999999999")]
    public void What_says_no_version_is_refused(string text) =>
        Assert.Equal("InvalidModelReference", Assert.Throws<RedisMLException>(() => ModelReference.Parse(text)).ErrorId);

    [Fact]
    public void A_version_beside_the_text_counts_where_the_text_says_none_or_the_same()
    {
        Assert.Equal(2, ModelReference.Parse("price", 2).Version);
        Assert.Equal(2, ModelReference.Parse("price@2", 2).Version);
        Assert.Equal("InvalidModelReference", Assert.Throws<RedisMLException>(() => ModelReference.Parse("price@2", 3)).ErrorId);
    }
}
