using System.Management.Automation;
using RedisML.Algorithms.Language;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;

namespace RedisML.PowerShell.Language;

[Cmdlet(VerbsCommon.New, "RedisText", HelpUri = HelpPage.Folder + "New-RedisText.md")]
[OutputType(typeof(string))]
public sealed class NewRedisTextCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? Text { get; set; }

    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int Length { get; set; } = 100;

    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double Temperature { get; set; } = 1;

    [Parameter]
    public int? Seed { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var model = await LanguageModel.OpenAsync(connection, Model, cancellation).ConfigureAwait(false);
        int seed = Seed ?? Random.Shared.Next();
        PostVerbose($"-Seed {seed}");
        PostObject(await model.WriteAsync(Text ?? "", Length, Temperature, seed, cancellation).ConfigureAwait(false));
    });
}
