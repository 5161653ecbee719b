using System.Text;
using RedisML.Formats.Csv;
using RedisML.Formats.Text;

namespace RedisML.Unit.Formats.Csv;

/// <summary>Numbers read four at a time are those that are read one by one;
/// what isn't of the form ends the vectors before its four.</summary>
public sealed class DecimalVectorsTests
{
    /// <summary>Stands in front, so that each text has eight bytes up to its end.</summary>
    const string Padding = "9.-9.-9.";

    static readonly string[] s_forms = ["#", "##", "-#", "#.#", "-#.##", "####", "##.####", "-##.###", "0.####", "-0", "-0.0", "0", ".#",
        "-.#", "#.", "########", "-#######", "#######."];

    [Fact]
    public void Doubles_are_bit_for_bit_those_of_single_texts()
    {
        var (block, places, texts) = Layout(Texts(4000, s_forms));
        var values = new double[places.Length];
        Assert.Equal(places.Length, DecimalVectors.Read(block, places, exact: false, values));
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.True(DecimalText.TryDouble(Encoding.ASCII.GetBytes(texts[i]), out double expected));
            Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(values[i]),
                $"{texts[i]}: {values[i]:R} instead of {expected:R}");
        }
    }

    [Fact]
    public void Integers_are_those_of_single_texts()
    {
        var (block, places, texts) = Layout(Texts(4000, ["#", "##", "-#", "####", "-0", "0", "########", "-#######"]));
        var values = new long[places.Length];
        Assert.Equal(places.Length, DecimalVectors.Read(block, places, exact: false, values));
        Assert.Equal(texts.Select(long.Parse), values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("1.2.3")]
    [InlineData("1-2")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1e5")]
    [InlineData("NaN")]
    [InlineData("1/2")]
    [InlineData("1:2")]
    [InlineData("٣")]
    public void What_is_no_plain_number_ends_the_vectors(string text)
    {
        for (int lane = 0; lane < 4; lane++)
        {
            string[] texts = ["1", "2.5", "-3", "4", "5", "6", "7", "8"];
            texts[4 + lane] = text;
            var (block, places, _) = Layout(texts);
            Assert.Equal(4, DecimalVectors.Read(block, places, exact: false, new double[8]));
            texts[1] = "2";
            (block, places, _) = Layout(texts);
            Assert.Equal(4, DecimalVectors.Read(block, places, exact: false, new long[8]));
        }
    }

    [Theory]
    [InlineData("01", true)]
    [InlineData("-01", true)]
    [InlineData("00", true)]
    [InlineData("0", false)]
    [InlineData("-0", false)]
    [InlineData("10", false)]
    [InlineData("1.0", true)]
    public void Exact_integers_have_no_leading_zero_and_no_point(string text, bool ends)
    {
        var (block, places, _) = Layout(["1", text, "3", "4"]);
        Assert.Equal(ends ? 0 : 4, DecimalVectors.Read(block, places, exact: true, new long[4]));
    }

    [Fact]
    public void Texts_near_the_start_of_the_block_are_left_out()
    {
        var block = "1,2,3,4,5,6,7,8\n"u8;
        var places = Enumerable.Range(0, 8).Select(i => new FieldPlace(2 * i, 1)).ToArray();
        Assert.Equal(0, DecimalVectors.Read(block, places, exact: false, new double[8]));
        Assert.Equal(4, DecimalVectors.Read(block, places.AsSpan(4), exact: false, new double[4]));
    }

    static string[] Texts(int count, string[] forms)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count)
            .Select(i => string.Concat(forms[random.Next(forms.Length)].Select(c => c == '#' ? (char)('1' + random.Next(9)) : c)))];
    }

    static (byte[] Block, FieldPlace[] Places, string[] Texts) Layout(string[] texts)
    {
        var block = new List<byte>(Encoding.UTF8.GetBytes(Padding));
        var places = new List<FieldPlace>();
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            places.Add(new(block.Count, bytes.Length));
            block.AddRange([.. bytes, (byte)',']);
        }
        return ([.. block], [.. places], texts);
    }
}
