using System.Management.Automation;
using RedisML.Algorithms.Language;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;

namespace RedisML.PowerShell.Language;

[Cmdlet(VerbsCommon.Get, "RedisNextToken", HelpUri = HelpPage.Folder + "Get-RedisNextToken.md")]
[OutputType(typeof(NextToken))]
public sealed class GetRedisNextTokenCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? Text { get; set; }

    [Parameter]
    [ValidateRange(1, 100_000)]
    public int Count { get; set; } = 5;

    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? Prefix { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var model = await LanguageModel.OpenAsync(connection, Model, cancellation).ConfigureAwait(false);
        var tokens = await model.NextTokensAsync(Text ?? "", Count, Prefix ?? "", cancellation).ConfigureAwait(false);
        foreach (var token in tokens) PostObject(token);
    });
}
