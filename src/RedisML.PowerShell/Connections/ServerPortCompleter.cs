using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

/// <summary>Completes the ports of the embedded servers of this process.</summary>
public sealed class ServerPortCompleter() : WordCompleter(EmbeddedServers.Running.Select(server => $"{server.Port}"));
