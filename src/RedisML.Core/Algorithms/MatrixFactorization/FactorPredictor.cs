using RedisML.Columns;
using RedisML.Features;
using RedisML.Prediction;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Predicts what a user would think of an item, by a version as it is: ratings that came later aren't part of it.</summary>
internal sealed class FactorPredictor(FactorModel model) : IPredictor, IItemRanker
{
    public FactorModel Model => model;

    public ModelSignature Signature { get; } = new(model.Model.Definition!.Task, model.Model.Definition.RequirePipeline());

    public bool PredictsLabel => !model.Options.IsImplicit;

    /// <summary>An event counts whatever it is; of ratings those that aren't below the mean.</summary>
    public double RelevantFrom => model.Options.IsImplicit ? double.Epsilon : model.Mean;

    public Predictions Predict(RowBatch rows)
    {
        var (users, items) = Read(rows);
        var (userPlaces, itemPlaces) = (Places(users, model.PlaceOf), Places(items, ItemPlaceOf));
        var vectors = new UserVector?[userPlaces.Length];
        var values = new double[rows.Rows];
        var unseen = new Dictionary<(bool IsItem, int Code), long>();
        for (int row = 0; row < values.Length; row++)
        {
            int user = users.Codes[row], item = items.Codes[row];
            if (user < 0 || item < 0)
            {
                values[row] = double.NaN;
                continue;
            }
            if (userPlaces[user] < 0) unseen[(false, user)] = unseen.GetValueOrDefault((false, user)) + 1;
            if (itemPlaces[item] < 0) unseen[(true, item)] = unseen.GetValueOrDefault((true, item)) + 1;
            values[row] = model.Predict(vectors[user] ??= model.Trained(userPlaces[user]), itemPlaces[item]);
        }
        return new(null, values, [], unseen.Values.Sum())
        {
            UnseenLevels = [.. unseen.Select(entry => entry.Key.IsItem
                ? new UnseenLevel(model.Options.Item, items.Levels[entry.Key.Code], entry.Value)
                : new UnseenLevel(model.Options.User, users.Levels[entry.Key.Code], entry.Value))],
        };
    }

    public ItemRanks Rank(RowBatch rows)
    {
        var (users, items) = Read(rows);
        var itemPlaces = Places(items, ItemPlaceOf);
        var ranks = new int[rows.Rows];
        var scores = new float[model.Items.Count];
        foreach (var ofUser in Enumerable.Range(0, ranks.Length).Where(row => users.Codes[row] >= 0).GroupBy(row => users.Codes[row]))
        {
            int place = model.PlaceOf(users.Levels[ofUser.Key]);
            model.Score(model.Trained(place), 0, scores);
            // What was rated in training wouldn't be recommended.
            if (place >= 0)
                foreach (int rated in model.Users!.Rated.IndicesOf(place)) scores[rated] = float.NaN;
            foreach (int row in ofUser)
                if (items.Codes[row] >= 0) ranks[row] = RankOf(itemPlaces[items.Codes[row]], scores);
        }
        return new(users.Codes.ToArray(), users.Levels, ranks);
    }

    /// <summary>1 for the best; 0 for one that isn't among the items, or isn't to be recommended.</summary>
    static int RankOf(int item, ReadOnlySpan<float> scores)
    {
        if (item < 0 || float.IsNaN(scores[item])) return 0;
        int rank = 1;
        for (int other = 0; other < scores.Length; other++)
            if (scores[other] > scores[item] || scores[other] == scores[item] && other < item) rank++;
        return rank;
    }

    (TextVector Users, TextVector Items) Read(RowBatch rows)
    {
        var columns = Signature.Open(rows, withLabel: false);
        return (Text(model.Options.User), Text(model.Options.Item));

        TextVector Text(string column)
        {
            var type = Signature.Inputs.FirstOrDefault(input => input.Name == column)?.Type ?? columns[column].Type;
            return Categories.Of(columns[column], type);
        }
    }

    int ItemPlaceOf(string item) => model.Items.Places.TryGetValue(item, out int place) ? place : -1;

    static int[] Places(TextVector column, Func<string, int> placeOf) => [.. column.Levels.Select(placeOf)];
}
