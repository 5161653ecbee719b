using System.Globalization;
using System.Text;
using RedisML.Errors;

namespace RedisML.Models;

/// <summary>A number, a boolean, or text, stored as text that any program reads.</summary>
/// <remarks>
/// Numbers are invariant decimal text that reads back as the same number; a double always shows a point or an exponent (<c>3.0</c>),
/// so that it stays a double. Booleans are <c>true</c> and <c>false</c>. What reads as a number is one, whoever wrote it: of text,
/// only what doesn't comes back as text; <c>01234</c> does.
/// </remarks>
public sealed class Scalar : ParameterValue
{
    Scalar(object value) => Value = value;

    public Scalar(long value) : this((object)value) { }

    public Scalar(double value) : this((object)value) { }

    public Scalar(bool value) : this((object)value) { }

    public Scalar(string value) : this((object)value) { }

    /// <summary>A <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>.</summary>
    public object Value { get; }

    public override IReadOnlyList<int> Shape => [];

    public override double[] ToDoubles() => Value switch
    {
        long integer => [integer],
        double number => [number],
        bool boolean => [boolean ? 1 : 0],
        _ => throw new RedisMLException("ParameterNotNumeric", ErrorKind.InvalidData, $"'{Value}' is text where a number is needed.",
            Value),
    };

    public override byte[] Encode() => Encoding.UTF8.GetBytes(ToString());

    /// <summary>The text that is stored.</summary>
    public override string ToString() => Value switch
    {
        long integer => integer.ToString(CultureInfo.InvariantCulture),
        double number => ToText(number),
        bool boolean => boolean ? "true" : "false",
        _ => (string)Value,
    };

    internal static Scalar Parse(string text)
    {
        if (text is "true" or "false") return new(text == "true");
        if (text is "inf" or "-inf") return new(text == "inf" ? double.PositiveInfinity : double.NegativeInfinity);
        if (HasLeadingZero(text)) return new(text);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)) return new(integer);
        const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out double number) ? new(number) : new(text);
    }

    static string ToText(double number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(number) && !text.AsSpan().ContainsAny('.', 'E') ? text + ".0" : text;
    }

    static bool HasLeadingZero(ReadOnlySpan<char> text)
    {
        text = text.TrimStart("+-");
        return text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]);
    }
}
