namespace RedisML.Online;

/// <summary>A sample as it was read, in memory that the next one uses again. Its places are those of the columns, then the label, then the
/// key by which labels are joined.</summary>
sealed class SampleRow(int places)
{
    readonly double[] _numbers = new double[places];
    readonly (int Start, int Length)[] _texts = new (int, int)[places];
    readonly bool[] _isThere = new bool[places];
    byte[] _bytes = new byte[256];
    int _used;

    /// <summary>The number at a place of a <see cref="SampleColumnKind.Number"/>; NaN where it is missing.</summary>
    public double Number(int place) => _numbers[place];

    /// <summary>The level at a place of a category, as UTF-8; empty where it is missing.</summary>
    public ReadOnlySpan<byte> Text(int place) => _bytes.AsSpan(_texts[place].Start, _texts[place].Length);

    /// <summary>Whether the sample has the column, maybe with a missing value.</summary>
    public bool IsThere(int place) => _isThere[place];

    public void Clear()
    {
        _isThere.AsSpan().Clear();
        _used = 0;
    }

    public void SetNumber(int place, double number) => (_numbers[place], _isThere[place]) = (number, true);

    public void SetMissing(int place) => (_numbers[place], _texts[place], _isThere[place]) = (double.NaN, default, true);

    public void SetText(int place, ReadOnlySpan<byte> utf8)
    {
        if (_used + utf8.Length > _bytes.Length) Array.Resize(ref _bytes, 2 * (_used + utf8.Length));
        utf8.CopyTo(_bytes.AsSpan(_used));
        (_texts[place], _isThere[place]) = ((_used, utf8.Length), true);
        _used += utf8.Length;
    }
}
