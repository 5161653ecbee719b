using System.Management.Automation;
using RedisML.Charts;
using RedisML.Errors;
using RedisML.Formats;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>A cmdlet that draws into a file, where it is given one.</summary>
public abstract class ChartCmdlet : RedisMLCmdlet
{
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The file to draw into; null without <c>-Path</c>. Ends the cmdlet where it can't be drawn,
    /// or would be overwritten.</summary>
    protected string? ChartPath()
    {
        if (Path is null) return null;
        var path = ResolvePath(Path);
        if (Chart.FormatOf(path) is null)
            Fail(new("UnknownChartFormat", ErrorKind.InvalidArgument, $"'{Path}' doesn't end in .svg, .html or .png.", Path));
        if (!Force && File.Exists(path))
            Fail(new("FileExists", ErrorKind.ResourceExists, $"'{path}' exists; -Force replaces it.", path));
        return path;
    }

    /// <summary>Draws, from within the work, and writes the file as an object.</summary>
    protected async Task PostFileAsync(Chart chart, string path, CancellationToken cancellation)
    {
        string target = TargetFile.Resolve(path);
        try
        {
            await File.WriteAllBytesAsync(target, chart.ToFile(Chart.FormatOf(path)!.Value, path), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RedisMLException("FileNotWritten", ErrorKind.WriteError, $"'{path}' can't be written: {e.Message}", path, e);
        }
        // From the provider it has the properties that the shell shows a file by.
        Post(() => WriteObjects(InvokeProvider.Item.Get([path], force: true, literalPath: true)));
    }
}
