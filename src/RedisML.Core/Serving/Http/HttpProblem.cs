namespace RedisML.Serving.Http;

/// <summary>What a client is told that can't be answered.</summary>
/// <param name="status">Of HTTP.</param>
sealed class HttpProblem(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
