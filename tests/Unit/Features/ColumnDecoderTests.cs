using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Unit.Features;

public sealed class ColumnDecoderTests
{
    public static TheoryData<ColumnType, IArrowArray> Numbers => new()
    {
        { ColumnType.Int64, new Int8Array.Builder().Append(-1).AppendNull().Append(3).Build() },
        { ColumnType.Int64, new Int16Array.Builder().Append(-1).AppendNull().Append(3).Build() },
        { ColumnType.Int64, new Int32Array.Builder().Append(-1).AppendNull().Append(3).Build() },
        { ColumnType.Int64, new Int64Array.Builder().Append(-1).AppendNull().Append(3).Build() },
        { ColumnType.Float64, new FloatArray.Builder().Append(-1).AppendNull().Append(3).Build() },
        { ColumnType.Float64, new DoubleArray.Builder().Append(-1).AppendNull().Append(3).Build() },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_of_every_width_decode_with_NaN_for_null(ColumnType type, IArrowArray array)
    {
        var column = Assert.IsType<NumberVector>(new ColumnDecoder().Decode(array, "x"));
        Assert.Equal(type, column.Type);
        Assert.Equal([-1, double.NaN, 3], column.Values.ToArray());
    }

    [Fact]
    public void A_slice_decodes_its_own_rows()
    {
        var array = new BooleanArray.Builder().Append(true).AppendNull().Append(true).Append(false).AppendNull().Build().Slice(1, 4);
        Assert.Equal([double.NaN, 1, 0, double.NaN], ((NumberVector)new ColumnDecoder().Decode(array, "x")).Values.ToArray());
    }

    [Fact]
    public void Text_decodes_to_codes_whether_or_not_the_chunk_has_a_dictionary()
    {
        var plain = new StringArray.Builder().Append("b").AppendNull().Append("größe").Append("b").Append("").Build();
        Assert.Equal(["b", null, "größe", "b", ""], Texts(new ColumnDecoder().Decode(plain, "x")));

        // The null is in the dictionary, and a level comes twice.
        var levels = new StringArray.Builder().Append("b").Append("größe").AppendNull().Append("b").Append("").Build();
        foreach (var indices in new IArrowArray[]
        {
            new Int8Array.Builder().Append(0).Append(2).Append(1).Append(3).Append(4).AppendNull().Build(),
            new Int16Array.Builder().Append(0).Append(2).Append(1).Append(3).Append(4).AppendNull().Build(),
            new Int32Array.Builder().Append(0).Append(2).Append(1).Append(3).Append(4).AppendNull().Build(),
        })
        {
            var array = new DictionaryArray(new DictionaryType(indices.Data.DataType, StringType.Default, false), indices, levels);
            Assert.Equal(["b", null, "größe", "b", "", null], Texts(new ColumnDecoder().Decode(array, "x")));
        }
    }

    [Fact]
    public void A_type_that_no_dataset_has_is_an_error_that_names_the_column()
    {
        var error = Assert.Throws<RedisMLException>(() => new ColumnDecoder().Decode(new Date32Array.Builder().Append(DateTime.UnixEpoch).Build(), "day"));
        Assert.Equal(("UnsupportedColumnType", "day"), (error.ErrorId, error.Target));
    }

    static IEnumerable<string?> Texts(ColumnVector column)
    {
        var text = (TextVector)column;
        return text.Codes.ToArray().Select(code => code < 0 ? null : text.Levels[code]);
    }
}
