using RedisML.LightGbm.Native;

namespace RedisML.Benchmarks.Rivals;

/// <summary>LightGBM's own library, driven directly: rows from an array in memory.</summary>
static class NativeLightGbm
{
    /// <summary>Trains, and gives what is made of the model.</summary>
    /// <param name="values">[rows, columns] in row order; NaN is missing.</param>
    /// <param name="weights">Null where each row counts 1.</param>
    public static T Train<T>(double[] values, float[] labels, float[]? weights, string parameters, int trees,
        Func<NativeBooster, T> use) =>
        LibraryThread.Run(Environment.ProcessorCount, () => TrainHere(values, labels, weights, parameters, trees, use));

    static unsafe T TrainHere<T>(double[] values, float[] labels, float[]? weights, string parameters, int trees,
        Func<NativeBooster, T> use)
    {
        int columns = values.Length / labels.Length;
        nint handle = 0;
        fixed (double* first = values)
        {
            var start = (nint)first;
            LightGbmLibrary.Call(() => NativeMethods.LGBM_DatasetCreateFromMat(
                (double*)start, NativeMethods.Float64, labels.Length, columns, 1, parameters, 0, out handle));
        }
        using var dataset = new NativeDataset(handle, columns);
        Set("label", labels);
        if (weights is not null) Set("weight", weights);
        using var booster = new NativeBooster(dataset, parameters);
        for (int i = 0; i < trees && booster.Update(); i++) { }
        return use(booster);

        void Set(string field, float[] numbers)
        {
            fixed (float* first = numbers)
            {
                var start = (nint)first;
                LightGbmLibrary.Call(() => NativeMethods.LGBM_DatasetSetField(
                    dataset.Handle, field, (float*)start, numbers.Length, NativeMethods.Float32));
            }
        }
    }
}
