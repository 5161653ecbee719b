using System.Management.Automation;
using RedisML.Errors;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Online;

[Cmdlet(VerbsCommon.Add, "RedisTrainingSample", SupportsShouldProcess = true, DefaultParameterSetName = StreamSet,
    HelpUri = HelpPage.Folder + "Add-RedisTrainingSample.md")]
public sealed class AddRedisTrainingSampleCommand : RedisMLCmdlet
{
    const string ListSet = "List", StreamSet = "Stream";

    SampleWriter? _writer;

    [Parameter(Mandatory = true, ParameterSetName = ListSet)]
    [ArgumentCompleter(typeof(SampleSourceCompleter))]
    public string List { get; set; } = "";

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = StreamSet)]
    [ArgumentCompleter(typeof(SampleSourceCompleter))]
    public string Stream { get; set; } = "";

    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    [Parameter(ParameterSetName = StreamSet)]
    [ValidateRange(1, long.MaxValue)]
    public long? MaxLength { get; set; }

    protected override void BeginProcessing()
    {
        bool isList = ParameterSetName == ListSet;
        string name = isList ? List : Stream;
        if (!ShouldProcess(name, "Add training samples")) return;
        Run(async (connection, cancellation) =>
        {
            _writer = new(connection, isList ? SampleSourceKind.List : SampleSourceKind.Stream, name, MaxLength);
            await _writer.CheckAsync(cancellation).ConfigureAwait(false);
        });
    }

    protected override void ProcessRecord()
    {
        if (_writer is not { } writer) return;
        try
        {
            writer.Send(ObjectFields.Of(InputObject));
        }
        catch (RedisMLException e)
        {
            WriteError(ToErrorRecord(new(e.ErrorId, e.Kind, e.Message, InputObject)));
            return;
        }
        if (writer.IsFull) Run((_, cancellation) => writer.DrainAsync(cancellation));
    }

    protected override void EndProcessing()
    {
        if (_writer is { } writer) Run((_, cancellation) => writer.FlushAsync(cancellation));
    }
}
