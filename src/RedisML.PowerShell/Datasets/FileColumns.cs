using System.Collections;
using System.Management.Automation;
using RedisML.Columns;
using RedisML.Importing;

namespace RedisML.PowerShell.Datasets;

/// <summary>The columns of the file that a command line names, for completion: in no time,
/// and without a word where it can't be read.</summary>
static class FileColumns
{
    static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(400);

    /// <summary>By path, so that each further word costs a look at the file's time only.</summary>
    static (string Path, DateTime Written, IReadOnlyList<ColumnSchema> Columns)? s_last;

    /// <param name="bound">The arguments that the command line has so far.</param>
    public static IReadOnlyList<ColumnSchema> Of(IDictionary bound)
    {
        try
        {
            return (bound["LiteralPath"] ?? bound["Path"]) is { } given && FileOf(given, bound["LiteralPath"] is not null) is { } path
                ? Read(path) : [];
        }
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>The first file of the argument.</summary>
    static string? FileOf(object given, bool isLiteral)
    {
        object? first = given is IList { Count: > 0 } list ? list[0] : given;
        // Whoever completes has no session at hand; a script block has that of its runspace.
        return ScriptBlock.Create("""
            param($path, $literal)
            if ($literal) { Convert-Path -LiteralPath $path -ErrorAction Ignore } else { Convert-Path -Path $path -ErrorAction Ignore }
            """).Invoke(first, isLiteral) is [{ BaseObject: string path }, ..] && File.Exists(path) ? path : null;
    }

    static IReadOnlyList<ColumnSchema> Read(string path)
    {
        var written = File.GetLastWriteTimeUtc(path);
        if (s_last is { } last && last.Path == path && last.Written == written) return last.Columns;
        using var cancel = new CancellationTokenSource(s_patience);
        // The engine asks for completions synchronously.
        var columns = Task.Run(() => DatasetImport.ColumnsAsync(path, new(), cancel.Token), cancel.Token)
            .WaitAsync(s_patience).GetAwaiter().GetResult();
        s_last = (path, written, columns);
        return columns;
    }
}
