using RedisML.Connections;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Recommends items to users by a version of a model, and takes ratings, which count at once.</summary>
/// <remarks>
/// A user's vector isn't stored: it follows from the items' vectors and the user's ratings, in microseconds, so that nothing can be out of
/// date. For several threads.
/// </remarks>
public sealed class Recommender
{
    /// <summary>So often others may add ratings of a user while its recommendations are being written.</summary>
    const int MaxAttempts = 20;

    readonly FactorModel _model;
    readonly RatingKeys _keys;

    Recommender(RedisMLConnection connection, FactorModel model) => (_model, _keys) = (model, new(connection, model.Model.Name));

    public Model Model => _model.Model;

    /// <summary>The items that the model knows, in its order.</summary>
    public IReadOnlyList<string> Items => _model.Items.Names;

    /// <summary>The column that named the items in training.</summary>
    public string ItemColumn => _model.Options.Item;

    /// <exception cref="RedisMLException"><c>ModelNotFound</c>, <c>ModelKindMismatch</c>, <c>ParameterShapeMismatch</c>.</exception>
    public static async Task<Recommender> OpenAsync(RedisMLConnection connection, ModelReference reference, CancellationToken cancellation)
    {
        var model = await new ModelStore(connection).GetAsync(reference, cancellation).ConfigureAwait(false);
        return new(connection, await LoadedModels.GetAsync(connection, model, cancellation).ConfigureAwait(false));
    }

    /// <summary>The key of the sorted set with what a user is recommended.</summary>
    public string KeyOf(string user) => _keys.Recommendations(user).ToString();

    /// <summary>Takes a rating, in place of an earlier one of that item, or of an implicit model adds to the count of events; and writes
    /// what the user is now recommended into its sorted set.</summary>
    /// <returns>What it is now recommended.</returns>
    /// <exception cref="RedisMLException"><c>ItemNotFound</c>, <c>RatingOutOfRange</c>, <c>InvalidUser</c>: nothing is changed then;
    /// <c>RatingsBusy</c>.</exception>
    public async Task<IReadOnlyList<Recommendation>> AddAsync(
        string user, string item, double rating, RecommendationOptions options, CancellationToken cancellation)
    {
        options.Check();
        RatingRange.Check(_model.Options.IsImplicit, _model.Minimum, _model.Maximum, rating, rating);
        if (!_model.Items.Places.TryGetValue(item, out int place))
            throw NearestName.NotFound("ItemNotFound", $"item of model '{Model.Name}', version {Model.Version}, called", item,
                _model.Items.Names.Take(NamesCompared));
        var entries = await _keys.AddAsync(user, [(item, rating, SoFar(user, place))], _model.Options.IsImplicit, cancellation)
            .ConfigureAwait(false);
        return await StoreAsync(user, UserRatings.Of(_model, user, entries), options, cancellation).ConfigureAwait(false);
    }

    /// <summary>What a user is recommended: items that it hasn't rated, best first.</summary>
    /// <param name="user">Null for what suits anybody.</param>
    /// <param name="filter">Which items may be among them; null for all.</param>
    /// <exception cref="RedisMLException"><c>InvalidUser</c>.</exception>
    public async Task<IReadOnlyList<Recommendation>> RecommendAsync(
        string? user, RecommendationOptions options, ItemFilter? filter, CancellationToken cancellation)
    {
        options.Check();
        var ratings = user is null ? null
            : UserRatings.Of(_model, user, await _keys.ReadAsync(user, cancellation).ConfigureAwait(false));
        return Find(user, ratings, options.Count, filter?.Allowed(_model.Items) ?? []);
    }

    /// <summary>The same, written into the user's sorted set too.</summary>
    /// <exception cref="RedisMLException"><c>InvalidUser</c>, <c>RatingsBusy</c>.</exception>
    public async Task<IReadOnlyList<Recommendation>> StoreAsync(string user, RecommendationOptions options, CancellationToken cancellation)
    {
        options.Check();
        var entries = await _keys.ReadAsync(user, cancellation).ConfigureAwait(false);
        return await StoreAsync(user, UserRatings.Of(_model, user, entries), options, cancellation).ConfigureAwait(false);
    }

    /// <summary>So many names are looked through for one that was meant.</summary>
    const int NamesCompared = 10_000;

    async Task<IReadOnlyList<Recommendation>> StoreAsync(
        string user, UserRatings ratings, RecommendationOptions options, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var found = Find(user, ratings, options.Count, []);
            if (await _keys.ReplaceAsync(user, ratings.Change, found, options.TimeToLive, cancellation).ConfigureAwait(false))
                return found;
            WorkLog.Steps?.Step($"A rating of user '{user}' was added by another writer meanwhile: retry {attempt + 1}.");
            // Somebody added a rating meanwhile, and may not live to write what follows from it.
            ratings = UserRatings.Of(_model, user, await _keys.ReadAsync(user, cancellation).ConfigureAwait(false));
        }
        throw new RedisMLException("RatingsBusy", ErrorKind.ResourceBusy,
            $"Ratings of user '{user}' were added by others each of {MaxAttempts} times that its recommendations were written. The " +
            "rating counts; try again.", user);
    }

    Recommendation[] Find(string? user, UserRatings? ratings, int count, bool[] allowed)
    {
        var vector = ratings is null ? _model.Trained(-1)
            : ratings.IsChanged ? _model.FoldIn(ratings.Items, ratings.Ratings) : _model.Trained(ratings.Place);
        count = Math.Min(count, _model.Items.Count);
        var (items, scores) = (new int[count], new float[count]);
        int found = TopItems.Find(_model, vector, ratings?.Items ?? [], allowed, items, scores);
        double offset = _model.Offset(vector);
        var basis = vector.IsCold ? RecommendationBasis.Popularity : RecommendationBasis.Ratings;
        var recommendations = new Recommendation[found];
        for (int i = 0; i < found; i++)
            recommendations[i] = new(Model.Name, Model.Version, user, i + 1, _model.Items.Names[items[i]], offset + scores[i], basis);
        return recommendations;
    }

    /// <summary>How many events of an item training saw of a user, to which others are added.</summary>
    double SoFar(string user, int item)
    {
        int place = _model.Options.IsImplicit ? _model.PlaceOf(user) : -1;
        if (place < 0) return 0;
        int rated = _model.Users!.Rated.IndicesOf(place).BinarySearch(item);
        return rated < 0 ? 0 : _model.Users.Rated.ValuesOf(place)[rated];
    }
}
