using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace RedisML.Unit.Fixtures;

/// <summary>A page in a headless Chromium, spoken to by the DevTools protocol over its pipes.</summary>
sealed class ChromiumPage : IAsyncDisposable
{
    readonly Process _process;
    readonly TemporaryFolder _profile;
    readonly CancellationToken _cancellation;
    readonly List<byte> _received = [];
    string? _session;
    int _last;

    ChromiumPage(Process process, TemporaryFolder profile, CancellationToken cancellation) =>
        (_process, _profile, _cancellation) = (process, profile, cancellation);

    /// <summary>Where it is installed; null where it isn't.</summary>
    public static string? Program { get; } = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
        .FirstOrDefault(File.Exists);

    /// <summary>Opens a file and waits until it is laid out.</summary>
    public static async Task<ChromiumPage> OpenAsync(string path, CancellationToken cancellation)
    {
        var profile = new TemporaryFolder();
        // It reads commands from its file 3 and writes answers to its file 4.
        var process = Process.Start(new ProcessStartInfo("/bin/sh",
        [
            "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 >/dev/null 2>&1", Program!, "--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
            $"--user-data-dir={profile.Path}", "--remote-debugging-pipe", "about:blank",
        ])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var page = new ChromiumPage(process, profile, cancellation);
        try
        {
            var target = await page.SendAsync("Target.createTarget", new() { ["url"] = "about:blank" });
            var attached = await page.SendAsync("Target.attachToTarget",
                new() { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true });
            page._session = (string)attached["sessionId"]!;
            await page.SendAsync("Page.enable");
            await page.SendAsync("Page.navigate", new() { ["url"] = new Uri(path).AbsoluteUri });
            await page.ReceiveAsync(message => (string?)message["method"] == "Page.loadEventFired");
            return page;
        }
        catch
        {
            await page.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an expression of JavaScript is.</summary>
    public async Task<JsonNode> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true });
        return answer["exceptionDetails"] is { } error
            ? throw new InvalidOperationException(error.ToJsonString()) : answer["result"]!["value"]!;
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_last;
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null) command["sessionId"] = _session;
        await _process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(command.ToJsonString() + "\0"), _cancellation);
        await _process.StandardInput.BaseStream.FlushAsync(_cancellation);
        var answer = await ReceiveAsync(message => (int?)message["id"] == id);
        return answer["error"] is { } error ? throw new InvalidOperationException($"{method}: {error.ToJsonString()}") : answer["result"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _profile.Dispose();
    }

    /// <summary>Reads messages, each ended by a zero, until one is wanted.</summary>
    async Task<JsonNode> ReceiveAsync(Func<JsonNode, bool> isWanted)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            int end = _received.IndexOf(0);
            if (end >= 0)
            {
                var message = JsonNode.Parse(_received.GetRange(0, end).ToArray())!;
                _received.RemoveRange(0, end + 1);
                if (isWanted(message)) return message;
                continue;
            }
            int read = await _process.StandardOutput.BaseStream.ReadAsync(buffer, _cancellation);
            if (read == 0) throw new EndOfStreamException("Chromium ended.");
            _received.AddRange(buffer.AsSpan(0, read));
        }
    }
}
