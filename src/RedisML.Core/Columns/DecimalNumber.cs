using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using RedisML.Numerics;

namespace RedisML.Columns;

/// <summary>A decimal number: an integer of up to 38 digits, and how many of them stand after the point.</summary>
readonly record struct DecimalNumber(Int128 Unscaled, int Scale)
{
    static readonly Int128[] s_powers = [.. Powers()];

    /// <summary>Reads digits with at most one point, and an exponent where there is one;
    /// false where it isn't a number or has more than 38 digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DecimalNumber number)
    {
        number = default;
        bool negative = text is [(byte)'-', ..];
        if (text is [(byte)'-' or (byte)'+', ..]) text = text[1..];
        int exponent = 0, e = text.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            if (!Utf8Parser.TryParse(text[(e + 1)..], out exponent, out int used) || used != text.Length - e - 1
                || Math.Abs(exponent) > 2 * ColumnType.MaxPrecision) return false;
            text = text[..e];
        }
        Int128 value = 0;
        int digits = 0, scale = 0;
        bool point = false, any = false;
        foreach (byte c in text)
        {
            if (c == '.' && !point)
            {
                point = true;
                continue;
            }
            if (c is < (byte)'0' or > (byte)'9') return false;
            any = true;
            if (point) scale++;
            if (digits == 0 && c == '0') continue;
            if (++digits > ColumnType.MaxPrecision) return false;
            value = value * 10 + (c - '0');
        }
        scale -= exponent;
        if (!any) return false;
        if (scale < 0)
        {
            if (digits - scale > ColumnType.MaxPrecision) return false;
            value *= s_powers[value == 0 ? 0 : -scale];
            scale = 0;
        }
        number = new(negative ? -value : value, scale);
        return true;
    }

    /// <summary>The unscaled value in a type; false where digits would be lost.</summary>
    public static bool TryRescale(Int128 unscaled, int scale, ColumnType type, out Int128 result)
    {
        result = unscaled;
        for (; scale > type.Scale; scale--)
        {
            (result, var rest) = Int128.DivRem(result, 10);
            if (rest != 0) return false;
            if (result == 0) break;
        }
        if (scale < type.Scale && result != 0)
        {
            int missing = type.Scale - scale;
            if (Int128.Abs(result) >= s_powers[ColumnType.MaxPrecision - missing]) return false;
            result *= s_powers[missing];
        }
        return Int128.Abs(result) < s_powers[type.Precision];
    }

    public static DecimalNumber Of(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var unscaled = (Int128)new UInt128((uint)bits[2], (ulong)(uint)bits[1] << 32 | (uint)bits[0]);
        return new(value < 0 ? -unscaled : unscaled, value.Scale);
    }

    /// <summary>As <see cref="decimal"/> where it has so many digits; else as a <see cref="BigInteger"/>,
    /// or its text where digits stand after the point.</summary>
    public object ToObject()
    {
        const int maxDecimalScale = 28;
        var magnitude = (UInt128)Int128.Abs(Unscaled);
        if (Scale <= maxDecimalScale && magnitude >> 96 == 0)
            return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), Unscaled < 0, (byte)Scale);
        return Scale == 0 ? (BigInteger)Unscaled : ToString();
    }

    /// <summary>The nearest double: few digits divided by a power of ten that is a double itself are rounded once.</summary>
    public double ToDouble() => Scale < PowersOfTen.Exact.Length && Int128.Abs(Unscaled) <= 1L << 53
        ? (double)(long)Unscaled / PowersOfTen.Exact[Scale]
        : double.Parse(ToString(), CultureInfo.InvariantCulture);

    public override string ToString()
    {
        var digits = Int128.Abs(Unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        var text = new StringBuilder(Unscaled < 0 ? "-" : "").Append(digits, 0, digits.Length - Scale);
        if (Scale > 0) text.Append('.').Append(digits, digits.Length - Scale, Scale);
        return text.ToString();
    }

    static IEnumerable<Int128> Powers()
    {
        Int128 power = 1;
        for (int i = 0; i <= ColumnType.MaxPrecision; i++, power *= 10) yield return power;
    }
}
