using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Training;

/// <summary>Completes the one word that <c>-ClassWeight</c> takes beside a hashtable.</summary>
public sealed class ClassWeightCompleter() : WordCompleter(["Balanced"]);
