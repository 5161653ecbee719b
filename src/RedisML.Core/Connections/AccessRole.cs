namespace RedisML.Connections;

/// <summary>What a user of a Redis server is to do with RedisML, and no more.</summary>
public enum AccessRole
{
    /// <summary>Lists, reads, measures and exports datasets; gets and tests models; looks at runs.</summary>
    Read,

    /// <summary>What Read does; trains, online too, and changes and removes models and runs.</summary>
    Train,

    /// <summary>Imports, reads, splits and removes datasets. Sees neither models nor runs.</summary>
    Import,

    /// <summary>Reads models, to predict with, as a prediction service or as its client; takes ratings and recommends.
    /// Sees neither datasets nor runs.</summary>
    Serve,

    /// <summary>All of it.</summary>
    All,
}
