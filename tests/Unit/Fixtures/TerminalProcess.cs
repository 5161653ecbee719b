using System.Diagnostics;
using System.Text;

namespace RedisML.Unit.Fixtures;

/// <summary>The built Host at a terminal, as <c>script</c> of util-linux makes one: a script, and then the prompt.</summary>
public sealed class TerminalProcess : IDisposable
{
    const string Terminal = "/usr/bin/script";

    readonly TemporaryFolder _folder = new();
    readonly StringBuilder _text = new();
    readonly char[] _read = new char[4096];
    readonly Process _process;
    int _seen, _answered;

    public TerminalProcess(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Terminal),
            "'script' of util-linux, which makes a terminal, is missing.");
        var host = $"env --default-signal=INT TERM=xterm dotnet '{HostProcess.Program}' -NoProfile -NoLogo -NoExit -File " +
            $"'{_folder.Write("script.ps1", script)}'";
        var start = new ProcessStartInfo(Terminal, ["-qec", host, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment.Remove("REDISML_CONNECTION");
        _process = Process.Start(start)!;
    }

    /// <summary>Ctrl+C, as a terminal sends it.</summary>
    public void Interrupt()
    {
        _process.StandardInput.Write('\x03');
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until the terminal shows a text, behind those that were waited for before.</summary>
    public async Task ShowsAsync(string text)
    {
        int place;
        while ((place = _text.ToString(_seen, _text.Length - _seen).IndexOf(text, StringComparison.Ordinal)) < 0)
        {
            int length = await _process.StandardOutput.ReadAsync(_read, TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Patience.Script);
            if (length == 0) throw new EndOfStreamException(_text.ToString());
            _text.Append(_read, 0, length);
            Answer();
        }
        _seen += place + text.Length;
    }

    /// <summary>Says where the cursor is whenever that is asked: the console waits for it.</summary>
    void Answer()
    {
        const string question = "\e[6n";
        for (int place; (place = _text.ToString(_answered, _text.Length - _answered).IndexOf(question, StringComparison.Ordinal)) >= 0;)
        {
            _answered += place + question.Length;
            _process.StandardInput.Write("\e[1;1R");
            _process.StandardInput.Flush();
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }
}
