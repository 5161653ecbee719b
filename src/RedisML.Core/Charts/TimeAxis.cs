using System.Globalization;

namespace RedisML.Charts;

/// <summary>A scale of times with round marks: years, months, days, hours, minutes or seconds.</summary>
sealed class TimeAxis
{
    static readonly TimeSpan[] s_steps =
    [
        .. new[] { 1, 5, 15, 30 }.Select(n => TimeSpan.FromSeconds(n)), .. new[] { 1, 5, 15, 30 }.Select(n => TimeSpan.FromMinutes(n)),
        .. new[] { 1, 3, 6, 12 }.Select(n => TimeSpan.FromHours(n)), .. new[] { 1, 2, 7, 14 }.Select(n => TimeSpan.FromDays(n)),
    ];

    static readonly int[] s_months = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24_000, 60_000, 120_000];

    readonly string _format;

    /// <param name="to">Later than <paramref name="from"/>.</param>
    /// <param name="marks">How many marks there are at most.</param>
    public TimeAxis(DateTime from, DateTime to, int marks)
    {
        var step = s_steps.FirstOrDefault(s => (to - from) / s < marks);
        if (step != default)
        {
            _format = step < TimeSpan.FromMinutes(1) ? "HH:mm:ss" : step < TimeSpan.FromDays(1) ? "MM-dd HH:mm" : "yyyy-MM-dd";
            long first = (from.Ticks + step.Ticks - 1) / step.Ticks;
            Marks = [.. Enumerable.Range(0, (int)(to.Ticks / step.Ticks - first + 1)).Select(i => new DateTime((first + i) * step.Ticks))];
            return;
        }
        int firstMonth = from.Year * 12 + from.Month - 1, lastMonth = to.Year * 12 + to.Month - 1;
        int months = s_months.First(m => (lastMonth - firstMonth) / m < marks);
        _format = months < 12 ? "yyyy-MM" : "yyyy";
        Marks =
        [
            .. Enumerable.Range(firstMonth / months, lastMonth / months - firstMonth / months + 1).Select(i => i * months)
                .Where(m => m is >= 12 and < 120_000).Select(m => new DateTime(m / 12, m % 12 + 1, 1)).Where(t => t >= from && t <= to),
        ];
    }

    public IReadOnlyList<DateTime> Marks { get; }

    /// <summary>A mark as text, all marks of a scale alike.</summary>
    public string Label(DateTime mark) => mark.ToString(_format, CultureInfo.InvariantCulture);
}
