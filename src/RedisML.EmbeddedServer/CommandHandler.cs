namespace RedisML.EmbeddedServer;

/// <summary>Answers a command: its arguments behind the name as one text with the end of each, and the version of the protocol.</summary>
/// <returns>The reply as it goes to the client. Valid until the next call.</returns>
delegate ReadOnlyMemory<byte> CommandHandler(ReadOnlySpan<byte> text, ReadOnlySpan<int> ends, int version);
