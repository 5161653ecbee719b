using System.Globalization;

namespace RedisML.Columns;

/// <summary>Levels of categories and classes of labels: how values become text, and the order of that text.</summary>
/// <remarks>Numbers are in the invariant culture's shortest round-trip form, so that 5 and 5.0 are one level;
/// booleans are <c>false</c> and <c>true</c>.</remarks>
public static class Categories
{
    /// <summary>More levels than this make a column an error: an identifier, most likely, and no category.</summary>
    public const int MaxLevels = 10_000;

    /// <summary>The level of a number or boolean.</summary>
    public static string Format(ColumnType type, double value) => type == ColumnType.Boolean
        ? value == 0 ? "false" : "true"
        : (value + 0.0).ToString("R", CultureInfo.InvariantCulture); // −0 + 0 is 0

    /// <summary>The number that a level of a numeric or boolean column stands for.</summary>
    public static double Parse(ColumnType type, string level) => type == ColumnType.Boolean
        ? level == "true" ? 1 : 0
        : double.Parse(level, CultureInfo.InvariantCulture);

    /// <summary>Levels in their order: numbers by value, text ordinal.</summary>
    public static string[] Order(ColumnType type, IEnumerable<string> levels) => type == ColumnType.Utf8
        ? [.. levels.Order(StringComparer.Ordinal)]
        : [.. levels.OrderBy(level => Parse(type, level))];

    /// <summary>A column as codes and levels, whatever its type.</summary>
    /// <param name="type">The type in whose form the levels are written: that of the column in training.</param>
    internal static TextVector Of(ColumnVector column, ColumnType type) => column as TextVector ?? Of((NumberVector)column, type);

    static TextVector Of(NumberVector column, ColumnType type)
    {
        var values = column.Values;
        var codes = GC.AllocateUninitializedArray<int>(values.Length);
        var levels = new List<string>();
        var known = new Dictionary<double, int>();
        for (int i = 0; i < codes.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                codes[i] = -1;
                continue;
            }
            if (!known.TryGetValue(values[i], out codes[i]))
            {
                codes[i] = levels.Count;
                levels.Add(Format(type, values[i]));
                known.Add(values[i], codes[i]);
            }
        }
        return new(codes, levels);
    }
}
