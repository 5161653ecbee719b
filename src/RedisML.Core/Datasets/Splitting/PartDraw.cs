namespace RedisML.Datasets.Splitting;

/// <summary>Draws parts by their fractions.</summary>
sealed class PartDraw
{
    /// <summary>Below the first one the last part is meant, below the second one the part before it.</summary>
    readonly double[] _limits;

    public PartDraw(IReadOnlyList<SplitPart> parts)
    {
        _limits = new double[parts.Count - 1];
        decimal sum = 0;
        for (int i = 0; i < _limits.Length; i++) _limits[i] = (double)(sum += parts[^(i + 1)].Fraction);
    }

    /// <summary>The part for a hash.</summary>
    public int Of(ulong hash)
    {
        double unit = RowHash.ToUnit(hash);
        for (int i = 0; i < _limits.Length; i++)
            if (unit < _limits[i]) return _limits.Length - i;
        return 0;
    }
}
