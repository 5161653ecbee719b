using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;

namespace RedisML.Unit.Expressions;

/// <summary>What expressions make of dates and timestamps, beside what .NET's own types say.</summary>
public sealed class TimeExpressionTests
{
    const double Missing = double.NaN;
    const long No = TimeVector.Missing;

    static readonly DateTime[] s_times =
        [new(2023, 12, 1), new(1969, 12, 31, 23, 59, 59), new(2024, 2, 29, 6, 30, 15)];

    static readonly Dictionary<string, ColumnVector> s_columns = new()
    {
        ["day"] = new TimeVector(ColumnType.Date32, s_times.Select(t => (long)Math.Floor((t - DateTime.UnixEpoch).TotalDays)).Append(No)
            .ToArray()),
        ["at"] = new TimeVector(ColumnType.Timestamp(TimestampUnit.Microsecond), s_times.Select(t => (t - DateTime.UnixEpoch).Ticks / 10)
            .Append(No).ToArray()),
        ["ns"] = new TimeVector(ColumnType.Timestamp(TimestampUnit.Nanosecond),
            new[] { 1_700_000_000_000_000_001, 1_700_000_000_000_000_000, -1, No }),
        ["berlin"] = new TimeVector(ColumnType.Timestamp(TimestampUnit.Second, "Europe/Berlin"),
            s_times.Select(t => (t - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond).Append(No).ToArray()),
        ["far"] = new TimeVector(ColumnType.Date32, new[] { 2_932_896L, -719_162, 10_000_000, No }),
        ["x"] = new NumberVector(ColumnType.Float64, new[] { 1, -1, 0, Missing }),
        ["name"] = new TextVector(new[] { 0, 0, 0, -1 }, ["2023-12-01"]),
    };

    [Theory]
    [InlineData("day >= '2023-12-01'", 1, 0, 1, Missing)]
    [InlineData("'2023-12-01' < day", 0, 0, 1, Missing)]
    [InlineData("day == '2023-12-01'", 1, 0, 0, Missing)]
    [InlineData("day != '2023-12-01'", 0, 1, 1, Missing)]
    [InlineData("day < '2023-12-01T00:00:01'", 1, 1, 0, Missing)]
    [InlineData("day -ge '2023-12-01' -and day -le '2023-12-31'", 1, 0, 0, Missing)]
    [InlineData("day in ('2023-12-01', '2024-02-29')", 1, 0, 1, Missing)]
    [InlineData("at > '2024-02-29 06:30'", 0, 0, 1, Missing)]
    [InlineData("at == day", 1, 0, 0, Missing)]
    [InlineData("at - day", 0, 86399.0 / 86400, 23415.0 / 86400, Missing)]
    [InlineData("day - '2023-12-01'", 0, -19693, 90, Missing)]
    [InlineData("ns > '2023-11-14T22:13:20'", 1, 0, 0, Missing)]
    [InlineData("ns < far", 1, 0, 1, Missing)]
    [InlineData("year(at) * 10000 + month(at) * 100 + day(at)", 20231201, 19691231, 20240229, Missing)]
    [InlineData("hour(at) * 100 + minute(at)", 0, 2359, 630, Missing)]
    [InlineData("dayofweek(day) * 1000 + dayofyear(day)", 5335, 3365, 4060, Missing)]
    [InlineData("epoch(at)", 1701388800, -1, 1709188215, Missing)]
    [InlineData("epoch(day)", 1701388800, -86400, 1709164800, Missing)]
    [InlineData("day(berlin) * 100 + hour(berlin)", 101, 100, 2907, Missing)]
    [InlineData("berlin >= '2023-12-01'", 1, 0, 1, Missing)]
    [InlineData("berlin == '2023-12-01T01:00:00+01:00'", 1, 0, 0, Missing)]
    [InlineData("berlin == '2023-12-01T00:00:00Z'", 1, 0, 0, Missing)]
    [InlineData("year(far)", Missing, Missing, Missing, Missing)]
    [InlineData("isnull(day)", 0, 0, 0, 1)]
    [InlineData("year(coalesce(day, '2020-02-02'))", 2023, 1969, 2024, 2020)]
    [InlineData("if(x > 0, day, '2020-02-02') == '2020-02-02'", 0, 1, 1, Missing)]
    public void GivesANumberForEachRow(string expression, double first, double second, double third, double fourth)
    {
        var parsed = ColumnExpression.Parse(expression);
        var result = Assert.IsType<NumberVector>(parsed.Evaluate(name => s_columns[name], 4));
        Assert.Equal([first, second, third, fourth], result.Values.ToArray());
        Assert.Equal(parsed.ResultType(name => s_columns[name].Type), result.Type);
    }

    /// <summary>Every part agrees with .NET on a day of every month of four centuries, before and after 1970.</summary>
    [Fact]
    public void PartsAreThoseOfTheCalendar()
    {
        var times = Enumerable.Range(0, 4800).Select(i => new DateTime(1700, 1, 28, 13, 7, 9).AddMonths(i).AddTicks(i * 10L)).ToArray();
        var at = new TimeVector(ColumnType.Timestamp(TimestampUnit.Microsecond), times.Select(t => (t - DateTime.UnixEpoch).Ticks / 10)
            .ToArray());
        foreach (var (name, part) in new (string, Func<DateTime, double>)[]
            {
                ("year", t => t.Year), ("month", t => t.Month), ("day", t => t.Day), ("hour", t => t.Hour), ("minute", t => t.Minute),
                ("dayofweek", t => (double)t.DayOfWeek), ("dayofyear", t => t.DayOfYear),
            })
        {
            var result = (NumberVector)ColumnExpression.Parse($"{name}(at)").Evaluate(_ => at, times.Length);
            Assert.Equal(times.Select(part), result.Values.ToArray());
        }
    }

    [Theory]
    [InlineData("day > 5", "Date32 and a number don't go together")]
    [InlineData("day > name", "Date32 and text don't go together")]
    [InlineData("day > 'yesterday'", "a time is needed, such as '2023-12-01'")]
    [InlineData("at > '2023-12-01T00:00:00Z'", "a time without an offset is needed")]
    [InlineData("at > berlin", "don't go together")]
    [InlineData("day + 1", "a number is needed, and this is a Date32")]
    [InlineData("day in (1, 2)", "don't go together")]
    public void TimesGoWithTimesOnly(string expression, string what)
    {
        var error = Assert.Throws<RedisMLException>(() => ColumnExpression.Parse(expression).ResultType(name => s_columns[name].Type));
        Assert.Equal("InvalidExpression", error.ErrorId);
        Assert.Contains(what, error.Message);
    }
}
