using System.Globalization;
using RedisML.Charts;

namespace RedisML.Datasets.Statistics;

/// <summary>Values as short text, for charts.</summary>
static class ValueLabel
{
    public static string Of(object value) => value switch
    {
        double number => Chart.Text(number),
        DateTime time => Of(time),
        DateTimeOffset time => Of(time.DateTime),
        string text => text.ReplaceLineEndings(" "),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static string Of(DateTime time) =>
        time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
