using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Serving.Commands;

/// <summary>Sends bytes to a Redis server, and reads replies as their text.</summary>
public sealed class RespClient : IDisposable
{
    readonly TcpClient _client = new() { NoDelay = true };
    StreamReader _reader = null!;

    public static async Task<RespClient> ConnectAsync(int port, string password)
    {
        var client = new RespClient();
        await client._client.ConnectAsync(IPAddress.Loopback, port);
        client._reader = new(client._client.GetStream(), Encoding.UTF8);
        Assert.Equal("+OK", await client.AskAsync("AUTH", password));
        return client;
    }

    public async Task<string> AskAsync(params string[] words)
    {
        await SendAsync(Encode(words));
        return await ReadAsync();
    }

    public static byte[] Encode(params IReadOnlyList<string> words) => Encoding.UTF8.GetBytes(
        $"*{words.Count}\r\n{string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}");

    public Task SendAsync(byte[] bytes) => _client.GetStream().WriteAsync(bytes).AsTask();

    /// <summary>A reply in one line: texts and numbers as they are, arrays in brackets, maps in braces.</summary>
    public async Task<string> ReadAsync()
    {
        var line = await LineAsync();
        switch (line[0])
        {
            case '$' when line == "$-1": return "null";
            case '_': return "null";
            case '$': return await LineAsync();
            case ',' or ':': return line[1..];
            case '*' or '%':
                var items = new List<string>();
                for (int count = int.Parse(line[1..]) * (line[0] == '%' ? 2 : 1); count > 0; count--) items.Add(await ReadAsync());
                return line[0] == '%' ? $"{{{string.Join(' ', items)}}}" : $"[{string.Join(' ', items)}]";
            default: return line;
        }
    }

    public void Dispose() => _client.Dispose();

    async Task<string> LineAsync() =>
        await _reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Event)
        ?? throw new EndOfStreamException("The server has closed the connection.");
}
