using System.Management.Automation;

namespace RedisML.Host;

/// <summary>Progress as one line that is drawn again, on standard error where that is a terminal; nowhere else.</summary>
sealed class ProgressLine
{
    const string EraseLine = "\r\e[2K";

    readonly Lock _gate = new();
    bool _shown;

    public void Show(ProgressRecord record)
    {
        if (!ConsoleStreams.ErrorTakesColors) return;
        lock (_gate)
        {
            if (record.RecordType == ProgressRecordType.Completed)
            {
                Clear();
                return;
            }
            var text = Describe(record);
            int width = Math.Max(Console.WindowWidth - 1, 1);
            Console.Error.Write(EraseLine + (text.Length > width ? text[..width] : text));
            _shown = true;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            if (!_shown) return;
            Console.Error.Write(EraseLine);
            _shown = false;
        }
    }

    static string Describe(ProgressRecord record)
    {
        var text = $"{record.Activity}: {record.StatusDescription}";
        if (record.PercentComplete >= 0) text += $" {record.PercentComplete} %";
        if (record.SecondsRemaining >= 0) text += $", {TimeSpan.FromSeconds(record.SecondsRemaining):c} left";
        if (!string.IsNullOrEmpty(record.CurrentOperation)) text += $", {record.CurrentOperation}";
        return text.ReplaceLineEndings(" ");
    }
}
