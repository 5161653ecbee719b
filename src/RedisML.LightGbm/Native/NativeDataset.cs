using static RedisML.LightGbm.Native.LightGbmLibrary;
using static RedisML.LightGbm.Native.NativeMethods;

namespace RedisML.LightGbm.Native;

/// <summary>Rows in the library's own form: of each column the bin of its value. For one thread.</summary>
sealed unsafe class NativeDataset : IDisposable
{
    readonly int _columns;
    int _rows;

    internal NativeDataset(nint handle, int columns) => (Handle, _columns) = (handle, columns);

    public nint Handle { get; }

    /// <summary>What the bins are, told from a sample of all rows: a few kilobytes that make datasets of the same bins.</summary>
    /// <param name="sample">[rows, columns] in row order; NaN is missing.</param>
    /// <param name="allRows">The rows of which this is a sample.</param>
    /// <exception cref="LightGbmException"></exception>
    public static byte[] Reference(ReadOnlySpan<double> sample, int columns, long allRows, string parameters)
    {
        int rows = sample.Length / columns;
        var values = new double[columns][];
        var indices = new int[columns][];
        for (int column = 0; column < columns; column++) (values[column], indices[column]) = Column(sample, columns, column);
        using var memory = new PinnedArrays();
        var starts = stackalloc double*[columns];
        var places = stackalloc int*[columns];
        var counts = stackalloc int[columns];
        for (int column = 0; column < columns; column++)
        {
            starts[column] = (double*)memory.Pin(values[column]);
            places[column] = (int*)memory.Pin(indices[column]);
            counts[column] = values[column].Length;
        }
        nint handle = 0;
        Call(() => LGBM_DatasetCreateFromSampledColumn(
            starts, places, columns, counts, rows, Math.Max(1, rows), allRows, parameters, out handle));
        using var dataset = new NativeDataset(handle, columns);
        return dataset.ToReference();
    }

    /// <summary>An empty dataset with the bins of a reference.</summary>
    /// <param name="classes">The initial scores of a row; 0 for none.</param>
    /// <exception cref="LightGbmException"></exception>
    public static NativeDataset Open(byte[] reference, int rows, int columns, bool hasWeights, int classes, int threads, string parameters)
    {
        nint handle = 0;
        fixed (byte* start = reference)
        {
            var bytes = start;
            // The classes of the reference must be 0: 1 silently turns off that boosting starts at the average.
            Call(() => LGBM_DatasetCreateFromSerializedReference(bytes, reference.Length, rows, 0, parameters, out handle));
        }
        var dataset = new NativeDataset(handle, columns);
        Call(() => LGBM_DatasetInitStreaming(handle, hasWeights ? 1 : 0, classes > 0 ? 1 : 0, 0, Math.Max(1, classes), 1, threads));
        Call(() => LGBM_DatasetSetWaitForManualFinish(handle, 1));
        return dataset;
    }

    /// <summary>Adds rows behind those that are there.</summary>
    /// <param name="values">[rows, columns] in row order.</param>
    /// <param name="weights">One a row, or empty.</param>
    /// <param name="scores">[classes, rows], or empty.</param>
    public void Push(ReadOnlySpan<double> values, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, ReadOnlySpan<double> scores)
    {
        fixed (double* firstValue = values, firstScore = scores)
        fixed (float* firstLabel = labels, firstWeight = weights)
        {
            var (v, l, w, s) = ((nint)firstValue, (nint)firstLabel, (nint)firstWeight, (nint)firstScore);
            var (first, count) = (_rows, labels.Length);
            Call(() => LGBM_DatasetPushRowsWithMetadata(
                Handle, (double*)v, Float64, count, _columns, first, (float*)l, (float*)w, (double*)s, null, 0));
        }
        _rows += labels.Length;
    }

    /// <summary>Says that all rows are in.</summary>
    public void Finish() => Call(() => LGBM_DatasetMarkFinished(Handle));

    public void Dispose()
    {
        if (Handle != 0) _ = LGBM_DatasetFree(Handle);
    }

    byte[] ToReference()
    {
        nint buffer = 0;
        int length = 0;
        Call(() => LGBM_DatasetSerializeReferenceToBinary(Handle, out buffer, out length));
        try
        {
            var bytes = new byte[length];
            for (int i = 0; i < length; i++) _ = LGBM_ByteBufferGetAt(buffer, i, out bytes[i]);
            return bytes;
        }
        finally
        {
            _ = LGBM_ByteBufferFree(buffer);
        }
    }

    /// <summary>The values that aren't 0, as the library samples a matrix itself, and their rows.</summary>
    static (double[] Values, int[] Rows) Column(ReadOnlySpan<double> sample, int columns, int column)
    {
        int count = 0;
        for (int i = column; i < sample.Length; i += columns)
            if (IsOther(sample[i])) count++;
        var (values, rows) = (new double[count], new int[count]);
        for (int row = 0, next = 0, i = column; next < count; row++, i += columns)
        {
            if (IsOther(sample[i])) (values[next], rows[next++]) = (sample[i], row);
        }
        return (values, rows);

        static bool IsOther(double value) => !(Math.Abs(value) <= 1e-35);
    }
}
