namespace RedisML.Features;

/// <summary>Encodes the features of a chunk's rows, some rows at a time: for training and prediction alike.</summary>
/// <param name="levels">The levels that codes stand for, for each category in order.</param>
internal sealed class FeatureEncoder(EncodedLayout layout, IEnumerable<IReadOnlyList<string>> levels)
{
    readonly int[][] _maps = [.. layout.Categories.Zip(levels, (category, names) => category.Map(names))];

    /// <summary>Takes other levels of a category from now on.</summary>
    public void Renew(int index, IReadOnlyList<string> levels) =>
        _maps[index] = layout.Categories[index].Map(levels, _maps[index]);

    /// <summary>How many numbers there are.</summary>
    public int Numbers => layout.Numbers.Length;

    /// <summary>How many categories there are.</summary>
    public int Categories => _maps.Length;

    /// <summary>The position of each level of a category, or <see cref="CategoryEncoder.None"/>.</summary>
    public IReadOnlyList<int> PositionsOf(int index) => _maps[index];

    /// <summary>Standardises the values of a number in place; a missing one becomes 0, the mean. A raw one stays as it is.</summary>
    /// <param name="index">Which of the numbers, in order.</param>
    public void EncodeNumber(int index, Span<double> values)
    {
        if (layout.Numbers[index] is { } number) Standardizer.Apply(values, number.Mean, number.Scale);
    }

    /// <summary>Makes positions of an encoded row of the codes of a category, in place where wanted.</summary>
    /// <param name="index">Which of the categories, in order.</param>
    /// <returns>How many values had a level that training didn't see.</returns>
    public int EncodeCategory(int index, ReadOnlySpan<int> codes, Span<int> positions) =>
        layout.Categories[index].Encode(codes, _maps[index], positions);
}
