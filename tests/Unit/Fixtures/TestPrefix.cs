namespace RedisML.Unit.Fixtures;

static class TestPrefix
{
    internal static string New() => $"test-{Guid.NewGuid():N}";
}
