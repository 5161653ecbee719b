using System.Management.Automation;
using RedisML.Algorithms.Language;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;

namespace RedisML.PowerShell.Language;

[Cmdlet(VerbsDiagnostic.Measure, "RedisLanguageModel", HelpUri = HelpPage.Folder + "Measure-RedisLanguageModel.md")]
[OutputType(typeof(LanguageModelMeasure))]
public sealed class MeasureRedisLanguageModelCommand : RedisMLCmdlet
{
    /// <summary>Characters that are handed over together.</summary>
    const int BufferedCharacters = 65_536;

    readonly List<string> _texts = [];
    int _characters;
    LanguageModelMeter _meter = null!;

    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] Text { get; set; } = [];

    protected override void BeginProcessing() => Run(async (connection, cancellation) =>
        _meter = new(await LanguageModel.OpenAsync(connection, Model, cancellation).ConfigureAwait(false)));

    protected override void ProcessRecord()
    {
        foreach (var text in Text)
        {
            _texts.Add(text);
            _characters += text.Length;
        }
        if (_characters >= BufferedCharacters) HandOver();
    }

    protected override void EndProcessing()
    {
        HandOver();
        LanguageModelMeasure measure = null!;
        Run(async (_, cancellation) => measure = await _meter.CompleteAsync(cancellation).ConfigureAwait(false));
        if (measure.Rejected > 0)
            WriteWarning($"{measure.Rejected:N0} texts were left out: they aren't valid Unicode, but have half of a surrogate pair alone.");
        WriteObject(measure);
    }

    void HandOver()
    {
        Run(async (_, cancellation) =>
        {
            foreach (var text in _texts) await _meter.AddAsync(text, cancellation).ConfigureAwait(false);
        });
        _texts.Clear();
        _characters = 0;
    }
}
