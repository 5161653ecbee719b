using System.Globalization;

namespace RedisML.Charts;

/// <summary>A scale of numbers with round marks: 1, 2, 2.5 or 5 times a power of ten apart.</summary>
public sealed class Axis
{
    static readonly string[] s_thousands = ["", " k", " M", " G", " T", " P", " E"];

    readonly double _step;

    /// <param name="least">Finite, and at most <paramref name="greatest"/>; where they are the same there is room around them.</param>
    /// <param name="greatest">Finite.</param>
    /// <param name="marks">About how many marks there are.</param>
    /// <param name="isWhole">Whether marks are whole numbers, and the scale ends with the numbers and not with a mark.</param>
    public Axis(double least, double greatest, int marks = 5, bool isWhole = false)
    {
        if (least == greatest && !isWhole)
        {
            double room = Math.Max(1e-12, Math.Abs(least) / 10);
            (least, greatest) = (least - room, greatest + room);
        }
        _step = RoundStep((greatest - least) / Math.Max(1, marks - 1));
        if (isWhole) _step = _step is > 2 and < 5 ? 5 : Math.Max(1, _step);
        double first = Math.Floor(least / _step + 1e-9), last = Math.Ceiling(greatest / _step - 1e-9);
        (From, To) = isWhole ? (least, greatest) : (first * _step, last * _step);
        Marks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * _step)
            .Where(m => m >= From - _step / 1e6 && m <= To + _step / 1e6)];
    }

    /// <summary>The number at the scale's start.</summary>
    public double From { get; }

    /// <summary>The number at the scale's end.</summary>
    public double To { get; }

    public IReadOnlyList<double> Marks { get; }

    /// <summary>Where a number lies, from 0 to 1.</summary>
    public double At(double value) => From == To ? 0.5 : (value - From) / (To - From);

    /// <summary>A mark as text, all marks of a scale alike: <c>0.25</c>, <c>1,500</c>, <c>250 k</c>, <c>2 M</c>, <c>5e-6</c>.</summary>
    public string Label(double mark)
    {
        double greatest = Math.Max(Math.Abs(From), Math.Abs(To));
        if (Math.Abs(mark) < _step / 1e6) return "0";
        if (greatest is 0 or >= 1e21) return mark.ToString("G4", CultureInfo.InvariantCulture);
        if (greatest < 1e-3)
        {
            int power = (int)Math.Floor(Math.Log10(_step) + 1e-9);
            return $"{Fixed(mark / Math.Pow(10, power), _step / Math.Pow(10, power))}e{power}";
        }
        int thousands = greatest < 1e4 ? 0 : Math.Min(s_thousands.Length - 1, (int)Math.Floor(Math.Log10(greatest) / 3 + 1e-9));
        double unit = Math.Pow(1000, thousands);
        return Fixed(mark / unit, _step / unit) + s_thousands[thousands];
    }

    /// <summary>With as many decimals as tell numbers apart that are <paramref name="step"/> apart.</summary>
    static string Fixed(double value, double step)
    {
        int decimals = 0;
        while (decimals < 10 && Math.Abs(step - Math.Round(step, decimals)) > step * 1e-6) decimals++;
        return value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
    }

    static double RoundStep(double step)
    {
        if (!(step > 0)) return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(step))), digit = step / power;
        return power * (digit switch { <= 1.0000001 => 1, <= 2.0000001 => 2, <= 2.5000001 => 2.5, <= 5.0000001 => 5, _ => 10 });
    }
}
