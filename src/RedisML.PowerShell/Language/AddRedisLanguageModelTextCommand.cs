using System.Diagnostics;
using System.Management.Automation;
using RedisML.Algorithms.Language;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;

namespace RedisML.PowerShell.Language;

[Cmdlet(VerbsCommon.Add, "RedisLanguageModelText", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Add-RedisLanguageModelText.md")]
[OutputType(typeof(LanguageModelUpdate))]
public sealed class AddRedisLanguageModelTextCommand : RedisMLCmdlet
{
    /// <summary>Characters that are handed over together: to hand over each text would cost more than to learn it.</summary>
    const int BufferedCharacters = 65_536;

    /// <summary>Text that trickles in waits no longer than this, and until the next.</summary>
    static readonly TimeSpan s_bufferedTime = TimeSpan.FromMilliseconds(250);

    readonly List<string> _texts = [];
    readonly Stopwatch _sinceHandedOver = Stopwatch.StartNew();
    int _characters;
    LanguageModelWriter? _writer;

    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] Text { get; set; } = [];

    [Parameter]
    [ValidateRange(1, LanguageModelOptions.MaxOrder)]
    public int? Order { get; set; }

    [Parameter]
    public Tokenization? Tokenizer { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MaximumContext { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    protected override void BeginProcessing()
    {
        if (!ShouldProcess(Model, "Add text to language model")) return;
        Run(async (connection, cancellation) =>
        {
            var request = new LanguageModelRequest(Order, Tokenizer, MaximumContext);
            var model = await LanguageModel.OpenOrCreateAsync(connection, Model, request, cancellation).ConfigureAwait(false);
            _writer = await LanguageModelWriter.StartAsync(model, Source, cancellation).ConfigureAwait(false);
        });
    }

    protected override void ProcessRecord()
    {
        if (_writer is null) return;
        foreach (var text in Text)
        {
            _texts.Add(text);
            _characters += text.Length;
        }
        if (_characters >= BufferedCharacters || _sinceHandedOver.Elapsed > s_bufferedTime) HandOver();
    }

    protected override void EndProcessing()
    {
        if (_writer is null) return;
        HandOver();
        LanguageModelUpdate update = null!;
        Run(async (_, cancellation) => update = await _writer.CompleteAsync(cancellation).ConfigureAwait(false));
        if (update.Rejected > 0)
            WriteWarning($"{update.Rejected:N0} texts were left out: they aren't valid Unicode, but have half of a surrogate pair alone.");
        WriteObject(update);
    }

    void HandOver()
    {
        if (_texts.Count == 0) return;
        Run(async (_, cancellation) =>
        {
            foreach (var text in _texts) await _writer!.AddAsync(text, cancellation).ConfigureAwait(false);
            await _writer!.SendAsync(wholeBatchesOnly: _characters >= BufferedCharacters, cancellation).ConfigureAwait(false);
        });
        _texts.Clear();
        _characters = 0;
        _sinceHandedOver.Restart();
    }
}
