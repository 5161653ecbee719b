namespace RedisML.Serving.Commands;

/// <summary>What a command takes: a server answers nobody else on the thread that runs it.</summary>
static class CommandLimits
{
    /// <summary>The most rows of one command.</summary>
    public const int Rows = 1000;

    /// <summary>The most models that a server holds.</summary>
    public const int Models = 64;

    /// <summary>How long the first who asks for a model waits until it is loaded.</summary>
    public static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(1);
}
