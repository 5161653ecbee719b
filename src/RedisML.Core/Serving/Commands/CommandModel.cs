namespace RedisML.Serving.Commands;

/// <summary>A model as commands name it, and the version that answers now: one reference, exchanged when an alias moves.</summary>
sealed class CommandModel(string name, bool isPinned)
{
    volatile ServedModel? _served;
    volatile bool _isGone;

    public string Name { get; } = name;

    /// <summary>Whether the server was told to serve it, so that it goes on where model or alias are removed.</summary>
    public bool IsPinned { get; } = isPinned;

    /// <summary>Whether it is served no more under this name.</summary>
    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }

    /// <summary>Ends when a version is loaded, or can't be.</summary>
    public Task Loading { get; set; } = Task.CompletedTask;

    /// <summary>Null until a version is loaded. Its buffers are nobody's: each session has its own.</summary>
    public ServedModel? Served
    {
        get => _served;
        set => _served = value;
    }
}
