namespace RedisML.Algorithms.Language;

/// <summary>A context of a batch.</summary>
/// <param name="Shorter">The one without its first token; -1 for none.</param>
/// <param name="Level">Its tokens.</param>
/// <param name="Name">Each token in UTF-8, and a separator after it.</param>
sealed record NGramContext(int Shorter, int Level, byte[] Name);
