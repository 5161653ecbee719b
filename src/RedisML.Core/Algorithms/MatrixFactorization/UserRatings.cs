using System.Globalization;
using StackExchange.Redis;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>What a user rated: in training, and since, where what came since counts.</summary>
internal sealed class UserRatings
{
    UserRatings(int place, string change, int[] items, float[] ratings, bool isChanged) =>
        (Place, Change, Items, Ratings, IsChanged) = (place, change, items, ratings, isChanged);

    /// <summary>Among the users of training; −1 for one that it didn't see.</summary>
    public int Place { get; }

    /// <summary>How often ratings were added in Redis: what follows from these gives way to what follows from later ones.</summary>
    public string Change { get; }

    /// <summary>The places of the items, ascending.</summary>
    public int[] Items { get; }

    public float[] Ratings { get; }

    /// <summary>Whether they are others than in training.</summary>
    public bool IsChanged { get; }

    /// <param name="entries">Fields and values of the user's hash, which any client may have written: what is no item of the model, or no
    /// rating, doesn't count.</param>
    public static UserRatings Of(FactorModel model, string user, HashEntry[] entries)
    {
        int place = model.PlaceOf(user);
        var rated = new SortedDictionary<int, float>();
        if (place >= 0)
        {
            var (items, ratings) = (model.Users!.Rated.IndicesOf(place).ToArray(), model.Users.Rated.ValuesOf(place).ToArray());
            for (int i = 0; i < items.Length; i++) rated[items[i]] = ratings[i];
        }
        string change = "0";
        bool isChanged = false;
        foreach (var entry in entries)
        {
            if (entry.Name.IsNullOrEmpty)
            {
                change = (string)entry.Value!;
                continue;
            }
            if (!model.Items.Places.TryGetValue((string)entry.Name!, out int item) || !IsRating(model, entry.Value, out float rating))
                continue;
            // Events only become more: training may have seen some that the hash hasn't.
            rated[item] = model.Options.IsImplicit ? Math.Max(rating, rated.GetValueOrDefault(item)) : rating;
            isChanged = true;
        }
        return new(place, change, [.. rated.Keys], [.. rated.Values], isChanged);
    }

    static bool IsRating(FactorModel model, RedisValue value, out float rating) =>
        float.TryParse((string?)value, NumberStyles.Float, CultureInfo.InvariantCulture, out rating)
        && RatingRange.Holds(model.Options.IsImplicit, model.Minimum, model.Maximum, rating);
}
