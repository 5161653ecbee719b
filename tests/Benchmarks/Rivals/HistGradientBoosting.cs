using System.Globalization;
using System.Runtime.InteropServices;

namespace RedisML.Benchmarks.Rivals;

/// <summary>scikit-learn's boosting, on the same rows in memory and in as many threads as there are cores.</summary>
static class HistGradientBoosting
{
    /// <summary>Prints the seconds of a fit, those of all its threads, and how good it is on the test rows.</summary>
    const string Script = """
        import sys, time
        import numpy as np
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
        from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
        folder, classes, trees, leaves = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
        categories = [int(c) for c in sys.argv[5].split(',') if c] or None
        def rows(part):
            y = np.fromfile(f'{folder}/{part}.labels', np.float32)
            return np.fromfile(f'{folder}/{part}.values').reshape(len(y), -1), y
        (X, y), (T, t) = rows('train'), rows('test')
        kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
        model = kind(max_iter=trees, max_leaf_nodes=leaves, learning_rate=0.1, early_stopping=False, categorical_features=categories)
        wall, cpu = time.perf_counter(), time.process_time()
        model.fit(X, y)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if classes: print(wall, cpu, accuracy_score(t, model.predict(T)), roc_auc_score(t, model.predict_proba(T)[:, 1]))
        else: print(wall, cpu, r2_score(t, model.predict(T)))
        """;

    /// <summary>Writes the rows down, for <see cref="FitAsync"/> to read.</summary>
    /// <param name="part">train or test.</param>
    public static void Write(string folder, string part, double[] values, float[] labels)
    {
        File.WriteAllBytes(Path.Combine(folder, $"{part}.values"), MemoryMarshal.AsBytes(values.AsSpan()));
        File.WriteAllBytes(Path.Combine(folder, $"{part}.labels"), MemoryMarshal.AsBytes(labels.AsSpan()));
    }

    /// <returns>Seconds by the clock, and of all threads; accuracy and AUC, or R². Null where there is no scikit-learn.</returns>
    public static async Task<(double Wall, double Cpu, double[] Quality)?> FitAsync(
        string folder, int classes, int trees, int leaves, IEnumerable<int> categories)
    {
        var output = await BenchmarkContext.TryRunAsync("/usr/bin/python3", "-c", Script, folder, $"{classes}", $"{trees}", $"{leaves}",
            string.Join(',', categories));
        if (output is null) return null;
        double[] numbers = [.. output.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1], numbers[2..]);
    }
}
