using System.Net;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Tsavorite.core;

namespace RedisML.EmbeddedServer;

/// <summary>Garnet's options, as far as its defaults won't do.</summary>
static class ServerOptions
{
    internal static GarnetServerOptions Create(DataFolder folder, int port, string password) => new(null)
    {
        EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
        AuthSettings = new PasswordAuthenticationSettings(password),
        NetworkConnectionLimit = 1000,
        QuietMode = true,

        // WATCH loses updates once a second database is selected.
        MaxDatabases = 1,

        // Scripts are atomic as in Redis, provided that they declare their keys.
        EnableLua = true,
        LuaTransactionMode = true,
        LuaOptions = new(LuaMemoryManagementMode.Native, "", Timeout.InfiniteTimeSpan, LuaLoggingMode.Silent, [], null),

        // Past LogMemorySize old keys would vanish without the storage tier.
        LogMemorySize = "1g",
        PageSize = "4m",
        SegmentSize = "128m",
        ObjectLogSegmentSize = "128m",
        BufferPoolMemoryBudget = "64m",
        IndexMemorySize = "16m",
        IndexMaxMemorySize = "256m",
        EnableStorageTier = true,
        LogDir = folder.Path,
        CheckpointDir = folder.Path,

        // The default device needs libaio, which many systems lack.
        DeviceType = DeviceType.RandomAccess,

        // Values that are overwritten with other lengths stay in their place, so that the log doesn't grow.
        UseRevivBinsPowerOf2 = true,
        RevivifiableFraction = 1.0,

        // A write is acknowledged when it is in the file: a later commit lost acknowledged writes on kill -9.
        EnableAOF = folder.Lasts,
        CommitFrequencyMs = 0,
        WaitForCommit = folder.Lasts,
        AofMemorySize = "64m",
        AofPageSize = "16m",
        AofSegmentSize = "64m",
        AofSizeLimit = "256m",
        Recover = folder.Lasts,
        FailOnRecoveryError = true,
    };
}
