using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace RedisML.Host;

[Cmdlet(VerbsData.Out, "String")]
[OutputType(typeof(string))]
public sealed class OutStringCommand : FrontEndCommandBase
{
    readonly StringWriter _text = new();

    /// <summary>As wide as the lines are, unless told otherwise.</summary>
    [Parameter, ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = int.MaxValue;

    /// <summary>A string a line, instead of one.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    protected override void BeginProcessing()
    {
        EngineInternals.FormatTo(this, _text, Width);
        base.BeginProcessing();
    }

    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (!Stream)
        {
            WriteObject(_text.ToString());
            return;
        }
        var lines = new StringReader(_text.ToString());
        while (lines.ReadLine() is { } line) WriteObject(line);
    }
}
