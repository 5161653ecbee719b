using System.Buffers;
using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Datasets.Statistics;

/// <summary>Of numbers, dates and timestamps. While few values differ, how often each occurs says all; then sketches take over.</summary>
sealed class NumberProfile : ColumnProfile
{
    readonly ColumnType _type;
    readonly SummaryOptions _options;
    readonly DistinctCounter _distinct = new();
    readonly HistogramCounter? _histogram;
    FrequentItems? _items = new(MaxExact);
    QuantileSketch? _sketch;

    /// <param name="sample">Values ascending that bins are chosen by, where their number isn't given.</param>
    public NumberProfile(DatasetColumn column, SummaryOptions options, double[]? sample)
    {
        (_type, _options) = (column.Type, options);
        if (options.Bins == 0 || !HasHistogram(column)) return;
        double minimum = column.Statistics.Minimum!.Value, maximum = column.Statistics.Maximum!.Value;
        bool isTime = _type.Kind is TypeKind.Date32 or TypeKind.Timestamp, isWhole = _type.IsInteger || _type.Kind is TypeKind.Date32;
        _histogram = new(options.Bins is { } bins ? BinLayout.Equal(minimum, maximum, bins, isWhole)
            : BinLayout.ByRule(
                sample is [_, ..] ? sample : [minimum], column.Statistics.Count, minimum, maximum, isWhole, isRound: !isTime));
    }

    /// <summary>Whether a column is of numbers or times, and has some.</summary>
    public static bool HasHistogram(DatasetColumn column) =>
        column.Type.Kind is not (TypeKind.Boolean or TypeKind.Utf8 or TypeKind.Binary or TypeKind.List)
        && column.Statistics is { Minimum: { } minimum, Maximum: { } maximum } && double.IsFinite(maximum - minimum);

    /// <summary>The number of a key of <see cref="NumberKeys"/>.</summary>
    public static double ToDouble(ulong key, TypeKind kind) => kind switch
    {
        TypeKind.UInt64 => key,
        TypeKind.Float32 or TypeKind.Float64 or TypeKind.Decimal128 => BitConverter.UInt64BitsToDouble(key),
        _ => (long)key,
    };

    /// <summary>Fractions are too many to be listed.</summary>
    bool HasTop => _options.Top > 0 && _type.Kind is not (TypeKind.Float32 or TypeKind.Float64 or TypeKind.Decimal128);

    public override void Add(IArrowArray array)
    {
        var keys = ArrayPool<ulong>.Shared.Rent(array.Length);
        foreach (ulong key in keys.AsSpan(0, NumberKeys.Read(array, _type, keys))) Add(key);
        ArrayPool<ulong>.Shared.Return(keys);
        // As doubles, decimals of more digits than those have may be the same.
        if (_type.Kind != TypeKind.Decimal128) return;
        for (int row = 0; row < array.Length; row++)
            if (ValueKeys.TryGet(array, row, _type, out ulong hash)) _distinct.Add(hash);
    }

    public override ColumnSummary Complete(ColumnSummary summary)
    {
        var weighted = _sketch is not null ? _sketch.Weighted()
            : _items!.Items.Select(i => (Value: ToDouble(i.Key), i.Count)).OrderBy(v => v.Value);
        return summary with
        {
            Distinct = _sketch is null && _type.Kind != TypeKind.Decimal128 ? _items!.Count : _distinct.Count,
            Quantiles = Quantiles([.. weighted]),
            QuantileError = _sketch is null ? 0 : QuantileSketch.RankError,
            Histogram = _histogram is null ? null : Completed(_histogram),
            Top = HasTop ? TopOf(_items!, _options.Top, (key, _) => ToValue(key)) : null,
            TopError = HasTop ? _items!.MaximumError : 0,
        };
    }

    void Add(ulong key)
    {
        if (_sketch is not null)
        {
            double value = ToDouble(key);
            _sketch.Add(value);
            _histogram?.Add(value, 1);
            if (_items is null)
            {
                Differ(key);
                return;
            }
        }
        if (!_items!.Add(key, 1)) return;
        Differ(key);
        if (_items.IsFull) MakeRoom();
    }

    void Differ(ulong key)
    {
        if (_type.Kind != TypeKind.Decimal128) _distinct.Add(RowHash.Of(0, key));
    }

    void MakeRoom()
    {
        if (_sketch is null)
        {
            _sketch = new();
            foreach (var (key, count, _) in _items!.Items)
            {
                _sketch.Add(ToDouble(key), count);
                _histogram?.Add(ToDouble(key), count);
            }
        }
        if (HasTop) _items!.Purge();
        else _items = null;
    }

    IReadOnlyList<HistogramBin> Completed(HistogramCounter histogram)
    {
        if (_sketch is null)
            foreach (var (key, count, _) in _items!.Items) histogram.Add(ToDouble(key), count);
        return histogram.ToBins(Present);
    }

    /// <summary>Between the values of the ranks below and above, as NumPy does it unless told otherwise.</summary>
    List<Quantile>? Quantiles(IReadOnlyList<(double Value, long Count)> weighted)
    {
        if (weighted.Count == 0) return null;
        var ends = new long[weighted.Count];
        long total = 0;
        for (int i = 0; i < ends.Length; i++) ends[i] = total += weighted[i].Count;
        return [.. _options.Quantiles.Select(p => new Quantile(p, Present(At(p * (total - 1)))))];

        double At(double rank)
        {
            double below = ValueAt((long)Math.Floor(rank)), above = ValueAt((long)Math.Ceiling(rank));
            return below == above ? below : below + (above - below) * (rank - Math.Floor(rank));
        }

        double ValueAt(long rank)
        {
            if (_sketch is not null && rank == 0) return _sketch.Minimum;
            if (_sketch is not null && rank == total - 1) return _sketch.Maximum;
            int index = System.Array.BinarySearch(ends, rank + 1);
            return weighted[index < 0 ? ~index : index].Value;
        }
    }

    double ToDouble(ulong key) => ToDouble(key, _type.Kind);

    object ToValue(ulong key) => _type.Kind switch
    {
        TypeKind.UInt64 => key,
        TypeKind.Date32 or TypeKind.Timestamp => Time((long)key),
        _ => (long)key,
    };

    object Present(double value) => _type.Kind is TypeKind.Date32 or TypeKind.Timestamp ? Time((long)Math.Round(value)) : value;

    object Time(long value) => TimestampUnits.ToObject(value, _type);
}
