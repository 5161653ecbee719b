using System.Collections;
using System.Globalization;
using System.Text;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>How views show sizes, times and rates: one form each. Their numbers are in the user's culture,
/// as PowerShell's own are.</summary>
/// <remarks>Public because the views of <c>RedisML.Format.ps1xml</c> call it.</remarks>
public static class DisplayText
{
    const double Kilo = 1e3;
    static readonly string[] s_units = ["KB", "MB", "GB", "TB"];

    /// <summary>A size such as <c>0.4 KB</c>, <c>12.3 MB</c>; a kilobyte has 1,000 bytes.</summary>
    /// <param name="bytes">Null for an empty text.</param>
    public static string Size(double? bytes)
    {
        if (bytes is not { } size) return "";
        int unit = 0;
        for (size /= Kilo; Math.Abs(size) >= Kilo && unit < s_units.Length - 1; size /= Kilo) unit++;
        return string.Create(CultureInfo.CurrentCulture, $"{size:N1} {s_units[unit]}");
    }

    /// <summary>A time that something took, such as <c>38 ms</c>, <c>4.37 s</c>, <c>0:02:05</c>, <c>3 d 04:05</c>.</summary>
    public static string Duration(double? seconds) => (seconds is { } known ? TimeSpan.FromSeconds(known) : (TimeSpan?)null) switch
    {
        null => "",
        { } time when time < TimeSpan.FromSeconds(1) => string.Create(CultureInfo.CurrentCulture, $"{time.TotalMilliseconds:N0} ms"),
        { } time when time < TimeSpan.FromSeconds(100) => string.Create(CultureInfo.CurrentCulture, $"{time.TotalSeconds:N2} s"),
        { } time when time < TimeSpan.FromDays(1) => time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        { } time => time.ToString(@"d\ \d\ hh\:mm", CultureInfo.InvariantCulture),
    };

    /// <summary>A whole number with its groups, such as <c>53,940</c>.</summary>
    public static string Count(double? count) => count?.ToString("N0", CultureInfo.CurrentCulture) ?? "";

    /// <summary>A measured number to five digits that count, or to the whole where it has more.</summary>
    public static string Number(double? number) =>
        number?.ToString(Math.Abs(number.Value) is >= 1e5 and < 1e12 ? "N0" : "G5", CultureInfo.CurrentCulture) ?? "";

    /// <summary>A figure between 0 and 1, to four places.</summary>
    public static string Share(double? figure) => figure?.ToString("N4", CultureInfo.CurrentCulture) ?? "";

    /// <summary>A moment in the user's time zone, to the minute: <c>2026-11-29 14:05</c>.</summary>
    public static string Moment(DateTimeOffset? time) =>
        time?.LocalDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";

    /// <summary>The day of a moment, where a table has no room for more: <c>2026-11-29</c>.</summary>
    public static string Day(DateTimeOffset? time) => time?.LocalDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A text in lines of up to so many columns, broken between words: in a cell, PowerShell breaks words.</summary>
    public static string Lines(string? text, int width)
    {
        var lines = new StringBuilder();
        int column = 0;
        foreach (var word in (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bool fits = column + 1 + word.Length <= width;
            if (column > 0) lines.Append(fits ? ' ' : '\n');
            lines.Append(word);
            column = column > 0 && fits ? column + 1 + word.Length : word.Length;
        }
        return lines.ToString();
    }

    /// <summary>A list of names on a line, those beyond <paramref name="most"/> as a count.</summary>
    public static string Names(IEnumerable? names, int most = 4)
    {
        string[] all = [.. (names ?? Array.Empty<string>()).Cast<object?>().Select(name => $"{name}")];
        return all.Length <= most ? string.Join(", ", all) : $"{string.Join(", ", all[..most])}, … ({all.Length})";
    }
}
