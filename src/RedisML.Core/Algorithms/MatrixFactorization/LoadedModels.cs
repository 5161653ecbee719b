using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The models that this process used last, so that a rating after another doesn't load the same again.</summary>
internal static class LoadedModels
{
    const int Most = 4;

    static readonly List<(Key Key, FactorModel Model)> s_last = [];

    /// <exception cref="RedisMLException"><c>ModelKindMismatch</c>, and those of <see cref="ModelFamilies.LoadAsync"/>.</exception>
    public static async Task<FactorModel> GetAsync(RedisMLConnection connection, Model model, CancellationToken cancellation)
    {
        if (model.Algorithm != FactorizationAlgorithm.AlgorithmName)
        {
            throw new RedisMLException("ModelKindMismatch", ErrorKind.InvalidOperation,
                $"Model '{model.Name}', version {model.Version}, " +
                $"{(model.Algorithm is { } other ? $"is one of {other}" : "was set by hand")}; " +
                $"only one of {FactorizationAlgorithm.AlgorithmName} recommends. Get-RedisModel shows the algorithm of each.", model.Name);
        }
        var key = new Key(connection.Endpoint, connection.Prefix, model.Name, model.Version, model.Created, model.Definition!.Lineage.Run);
        lock (s_last)
        {
            int place = s_last.FindIndex(loaded => loaded.Key == key);
            if (place >= 0 && !model.Modified)
            {
                var found = s_last[place];
                s_last.RemoveAt(place);
                s_last.Add(found);
                return found.Model;
            }
        }
        var predictor = (FactorPredictor)await ModelFamilies.LoadAsync(new ModelStore(connection), model, cancellation)
            .ConfigureAwait(false);
        lock (s_last)
        {
            s_last.RemoveAll(loaded => loaded.Key == key);
            s_last.Add((key, predictor.Model));
            if (s_last.Count > Most) s_last.RemoveAt(0);
        }
        return predictor.Model;
    }

    /// <summary>A version as it was published: its number may come again once the model was removed.</summary>
    readonly record struct Key(object Endpoint, string Prefix, string Model, long Version, DateTimeOffset Created, string Run);
}
