namespace RedisML.PowerShell;

/// <summary>Completes the one word that <c>-ClassWeight</c> takes beside a hashtable.</summary>
public sealed class ClassWeightCompleter() : WordCompleter(["Balanced"]);
