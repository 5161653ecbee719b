using RedisML.Online;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Online;

/// <summary>Completes the names of algorithms that learn online.</summary>
public sealed class OnlineAlgorithmCompleter() : WordCompleter(OnlineAlgorithms.Names);
