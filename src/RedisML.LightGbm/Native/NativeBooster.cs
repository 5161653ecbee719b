using System.Runtime.InteropServices;
using static RedisML.LightGbm.Native.LightGbmLibrary;
using static RedisML.LightGbm.Native.NativeMethods;

namespace RedisML.LightGbm.Native;

/// <summary>The library's own model, which grows trees. For one thread: over a network it must be the one that is part of it.</summary>
sealed unsafe class NativeBooster : IDisposable
{
    const int NameLength = 256;

    readonly nint _handle;

    /// <param name="rows">Must live as long.</param>
    /// <exception cref="LightGbmException"></exception>
    public NativeBooster(NativeDataset rows, string parameters)
    {
        nint handle = 0;
        Call(() => LGBM_BoosterCreate(rows.Handle, parameters, out handle));
        _handle = handle;
    }

    /// <exception cref="LightGbmException"></exception>
    public NativeBooster(string text)
    {
        nint handle = 0;
        Call(() => LGBM_BoosterLoadModelFromString(text, out _, out handle));
        _handle = handle;
    }

    /// <summary>The number of iterations, each of a tree an output.</summary>
    public int Iterations
    {
        get
        {
            int iterations = 0;
            Call(() => LGBM_BoosterGetCurrentIteration(_handle, out iterations));
            return iterations;
        }
    }

    /// <summary>The names of the metrics.</summary>
    public string[] Metrics()
    {
        int count = 0;
        Call(() => LGBM_BoosterGetEvalCounts(_handle, out count));
        var memory = Marshal.AllocHGlobal(Math.Max(1, count) * NameLength);
        try
        {
            var names = stackalloc byte*[Math.Max(1, count)];
            for (int i = 0; i < count; i++) names[i] = (byte*)memory + i * NameLength;
            Call(() => LGBM_BoosterGetEvalNames(_handle, count, out _, NameLength, out _, names));
            var result = new string[count];
            for (int i = 0; i < count; i++) result[i] = Marshal.PtrToStringUTF8((nint)names[i])!;
            return result;
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    /// <summary>The first metric of the training rows that this node holds, or of the validation rows; NaN where there is none.</summary>
    public double Evaluate(bool isValidation)
    {
        int count = 0;
        Call(() => LGBM_BoosterGetEvalCounts(_handle, out count));
        if (count == 0) return double.NaN;
        var values = stackalloc double[count];
        Call(() => LGBM_BoosterGetEval(_handle, isValidation ? 1 : 0, out _, values));
        return values[0];
    }

    public void AddValidation(NativeDataset rows) => Call(() => LGBM_BoosterAddValidData(_handle, rows.Handle));

    public void Reset(string parameters) => Call(() => LGBM_BoosterResetParameter(_handle, parameters));

    /// <summary>Grows a tree an output.</summary>
    /// <returns>False where there is nothing left to split.</returns>
    public bool Update()
    {
        int isFinished = 0;
        Call(() => LGBM_BoosterUpdateOneIter(_handle, out isFinished));
        return isFinished == 0;
    }

    /// <summary>Some iterations as a model of their own.</summary>
    public string Save(int first, int count) => Text((long bufferLength, out long length, byte* text) =>
        LGBM_BoosterSaveModelToString(_handle, first, count, 0, bufferLength, out length, text));

    /// <summary>Raw scores, [rows, outputs].</summary>
    /// <param name="values">[rows, columns] in row order.</param>
    public double[] Predict(double[] values, int columns, int outputs)
    {
        int rows = values.Length / columns;
        var scores = new double[rows * outputs];
        fixed (double* first = values, score = scores)
        {
            var (v, s) = ((nint)first, (nint)score);
            Call(() => LGBM_BoosterPredictForMat(_handle, (double*)v, Float64, rows, columns, 1, RawScore, 0, -1, "", out _, (double*)s));
        }
        return scores;
    }

    public void Dispose() => _ = LGBM_BoosterFree(_handle);
}
