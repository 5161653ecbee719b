using System.Text.Json;
using RedisML.Importing;

namespace RedisML.Unit.Datasets;

/// <summary>A dataset imported by an earlier version is known by the same fingerprint, which is made of the options' JSON.</summary>
public sealed class ImportFingerprintTests
{
    [Fact]
    public void The_options_are_hashed_in_the_order_that_they_always_had() => Assert.StartsWith(
        """
        {"Dataset":"d","Label":null,"Schema":{},"NullValues":[],"Encoding":null,"Delimiter":null,"Header":null,"Comment":null,"Culture":null,
        """.TrimEnd(),
        JsonSerializer.Serialize(new ImportOptions { Dataset = "d" }));
}
