using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace RedisML.LightGbm.Native;

/// <summary>The functions of LightGBM's C API (4.7) that are used. Each returns 0, or −1 with a message to ask for.</summary>
static unsafe partial class NativeMethods
{
    public const string Library = "lib_lightgbm";

    /// <summary>C_API_DTYPE of a field or a matrix.</summary>
    public const int Float32 = 0, Float64 = 1;

    /// <summary>C_API_PREDICT_RAW_SCORE.</summary>
    public const int RawScore = 1;

    /// <summary>Sets a variable of the process, as libraries see it; 0 for <paramref name="overwrite"/> leaves one that is set.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(Library)]
    public static partial nint LGBM_GetLastError();

    [LibraryImport(Library)]
    public static partial int LGBM_RegisterLogCallback(delegate* unmanaged[Cdecl]<byte*, void> callback);

    [LibraryImport(Library)]
    public static partial int LGBM_DumpParamAliases(long bufferLength, out long length, byte* text);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetCreateFromSampledColumn(
        double** sample, int** indices, int columns, int* counts, int sampleRows, int localRows, long allRows,
        [MarshalUsing(typeof(Utf8StringMarshaller))] string parameters, out nint dataset);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetCreateFromMat(
        double* data, int type, int rows, int columns, int isRowMajor, [MarshalUsing(typeof(Utf8StringMarshaller))] string parameters,
        nint reference, out nint dataset);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetSerializeReferenceToBinary(nint dataset, out nint buffer, out int length);

    [LibraryImport(Library)]
    public static partial int LGBM_ByteBufferGetAt(nint buffer, int index, out byte value);

    [LibraryImport(Library)]
    public static partial int LGBM_ByteBufferFree(nint buffer);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetCreateFromSerializedReference(
        byte* reference, int length, long rows, int classes, [MarshalUsing(typeof(Utf8StringMarshaller))] string parameters,
        out nint dataset);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetInitStreaming(
        nint dataset, int hasWeights, int hasInitialScores, int hasQueries, int classes, int threads, int mostThreads);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetSetWaitForManualFinish(nint dataset, int wait);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetPushRowsWithMetadata(
        nint dataset, double* data, int type, int rows, int columns, int firstRow, float* labels, float* weights, double* initialScores,
        int* queries, int thread);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetMarkFinished(nint dataset);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetSetField(
        nint dataset, [MarshalUsing(typeof(Utf8StringMarshaller))] string field, void* values, int count, int type);

    [LibraryImport(Library)]
    public static partial int LGBM_DatasetFree(nint dataset);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterCreate(
        nint dataset, [MarshalUsing(typeof(Utf8StringMarshaller))] string parameters, out nint booster);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterLoadModelFromString(
        [MarshalUsing(typeof(Utf8StringMarshaller))] string text, out int iterations, out nint booster);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterAddValidData(nint booster, nint dataset);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterResetParameter(
        nint booster, [MarshalUsing(typeof(Utf8StringMarshaller))] string parameters);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterUpdateOneIter(nint booster, out int isFinished);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterGetCurrentIteration(nint booster, out int iteration);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterGetEvalCounts(nint booster, out int count);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterGetEvalNames(
        nint booster, int length, out int count, nuint bufferLength, out nuint neededLength, byte** names);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterGetEval(nint booster, int data, out int count, double* values);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterSaveModelToString(
        nint booster, int firstIteration, int iterations, int importance, long bufferLength, out long length, byte* text);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterPredictForMat(
        nint booster, double* data, int type, int rows, int columns, int isRowMajor, int kind, int firstIteration, int iterations,
        [MarshalUsing(typeof(Utf8StringMarshaller))] string parameters, out long length, double* values);

    [LibraryImport(Library)]
    public static partial int LGBM_BoosterFree(nint booster);

    [LibraryImport(Library)]
    public static partial int LGBM_NetworkInitWithFunctions(int machines, int rank, void* reduceScatter, void* allGather);

    [LibraryImport(Library)]
    public static partial int LGBM_NetworkFree();
}
