using System.Globalization;
using RedisML.Charts;

namespace RedisML.Unit.Charts;

public class AxisTests
{
    [Theory]
    [InlineData(0.12637, 0.38351, new[] { "0.1", "0.2", "0.3", "0.4" })]
    [InlineData(0, 2_161_900, new[] { "0", "1 M", "2 M", "3 M" })]
    [InlineData(326, 18_823, new[] { "0", "5 k", "10 k", "15 k", "20 k" })]
    [InlineData(-3, 4, new[] { "-4", "-2", "0", "2", "4" })]
    [InlineData(1.5e-6, 9e-6, new[] { "0", "2e-6", "4e-6", "6e-6", "8e-6", "10e-6" })]
    [InlineData(900, 5100, new[] { "0", "2,000", "4,000", "6,000" })]
    public void Marks_are_round(double least, double greatest, string[] labels)
    {
        var axis = new Axis(least, greatest);
        Assert.Equal(labels, axis.Marks.Select(axis.Label));
    }

    [Theory]
    [InlineData(1, 12, new[] { "5", "10" })]
    [InlineData(1, 3, new[] { "1", "2", "3" })]
    [InlineData(7, 7, new[] { "7" })]
    [InlineData(1, 250_000, new[] { "50 k", "100 k", "150 k", "200 k", "250 k" })]
    public void Marks_of_steps_are_whole_and_end_with_them(double first, double last, string[] labels)
    {
        var axis = new Axis(first, last, marks: 6, isWhole: true);
        Assert.Equal((first, last), (axis.From, axis.To));
        Assert.Equal(labels, axis.Marks.Select(axis.Label));
    }

    /// <summary>From the first day of .NET to the last, as tables write times that have no end.</summary>
    [Theory]
    [InlineData("0001-01-01", "9999-12-31", "5000")]
    [InlineData("2024-01-01", "9999-12-31", "4000 6000 8000")]
    [InlineData("2023-11-05", "2024-03-20", "2024-01")]
    public void Times_of_all_years_have_round_marks(string from, string to, string labels)
    {
        var axis = new TimeAxis(DateTime.Parse(from, CultureInfo.InvariantCulture), DateTime.Parse(to, CultureInfo.InvariantCulture), 4);
        Assert.Equal(labels, string.Join(' ', axis.Marks.Select(axis.Label)));
    }

    /// <summary>Whatever the numbers: they lie on the scale, marks are few and rise, and no two have the same text.</summary>
    [Fact]
    public void Every_scale_holds_its_numbers_and_tells_its_marks_apart()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            double size = Math.Pow(10, random.Next(-20, 20)), least = (random.NextDouble() - 0.5) * size;
            double greatest = random.Next(10) == 0 ? least : least + random.NextDouble() * size * Math.Pow(10, -random.Next(4));
            var axis = new Axis(least, greatest);
            Assert.InRange(axis.At(least), -1e-9, 1 + 1e-9);
            Assert.InRange(axis.At(greatest), -1e-9, 1 + 1e-9);
            Assert.InRange(axis.Marks.Count, 2, 9);
            Assert.Equal(axis.Marks.Order(), axis.Marks);
            Assert.Equal(axis.Marks.Count, axis.Marks.Select(axis.Label).Distinct().Count());
        }
    }
}
