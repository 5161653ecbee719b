namespace RedisML.LightGbm.Native;

/// <summary>What the native library says is wrong.</summary>
sealed class LightGbmException(string message) : Exception(message);
