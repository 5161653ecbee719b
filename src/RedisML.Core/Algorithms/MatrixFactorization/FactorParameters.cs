using System.Text.Encodings.Web;
using System.Text.Json;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The parameters of a factorisation: items and users in blocks of 1,024, each field with the number of its block behind a
/// colon. <c>docs/recommendation.md</c> lists them.</summary>
internal static class FactorParameters
{
    public const int BlockSize = 1024;

    public const string Mean = "mean", Minimum = "minimum", Maximum = "maximum", Penalty = "penalty";
    public const string Items = "items", Users = "users";
    public const string ItemName = "item.name", ItemBias = "item.bias", ItemCount = "item.count", ItemFactor = "item.factor";
    public const string UserName = "user.name", UserBias = "user.bias", UserFactor = "user.factor";
    public const string UserEnd = "user.end", UserItem = "user.item", UserRating = "user.rating";

    // Names are never read as numbers, and are legible in Redis.
    static readonly JsonSerializerOptions s_names = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="RedisMLException"><c>ParameterTooLarge</c>: found before the training, and not after it.</exception>
    public static void CheckSize(RatingMatrix ratings, FactorizationOptions options)
    {
        const int OfName = 3; // quotes and a comma
        long vector = sizeof(float) * (options.Factors + 1L);
        long bytes = ratings.Items.Sum(name => vector + sizeof(int) + OfName + name.Length);
        if (options.KeepUsers)
            bytes += ratings.Users.Sum(name => vector + sizeof(int) + OfName + name.Length)
                + ratings.ByUser.Indices.LongLength * (sizeof(int) + sizeof(float));
        if (bytes < ModelField.MaxTotalBytes) return;
        throw new RedisMLException("ParameterTooLarge", ErrorKind.LimitsExceeded,
            $"A model of {ratings.Users.Length:N0} users, {ratings.Items.Length:N0} items and {ratings.ByUser.Indices.Length:N0} ratings " +
            $"takes {bytes:N0} bytes; a version holds {ModelField.MaxTotalBytes:N0}. The option KeepUser = $false leaves the users out.",
            bytes);
    }

    public static IEnumerable<KeyValuePair<string, ParameterValue>> Write(
        RatingMatrix ratings, RatingBiases biases, FactorState state, FactorizationOptions options, int width, double penalty)
    {
        int factors = options.Factors;
        yield return new(Mean, new Scalar(biases.Mean));
        yield return new(Minimum, new Scalar(double.IsNaN(options.Minimum) ? ratings.ByUser.Values.Min() : options.Minimum));
        yield return new(Maximum, new Scalar(double.IsNaN(options.Maximum) ? ratings.ByUser.Values.Max() : options.Maximum));
        yield return new(Penalty, new Scalar(penalty));
        yield return new(Items, new Scalar((long)ratings.Items.Length));
        yield return new(Users, new Scalar((long)ratings.Users.Length));
        foreach (var (block, first, count) in Blocks(ratings.Items.Length))
        {
            yield return new($"{ItemName}:{block}", Names(ratings.Items.AsSpan(first, count)));
            yield return new($"{ItemBias}:{block}", Floats(biases.Items.AsSpan(first, count)));
            yield return new($"{ItemFactor}:{block}", Vectors(state.Items, first, count, width, factors));
            yield return new($"{ItemCount}:{block}", Counts(ratings.ByItem, first, count));
        }
        if (!options.KeepUsers) yield break;
        var lines = ratings.ByUser;
        foreach (var (block, first, count) in Blocks(ratings.Users.Length))
        {
            int start = lines.Starts[first], end = lines.Starts[first + count];
            yield return new($"{UserName}:{block}", Names(ratings.Users.AsSpan(first, count)));
            yield return new($"{UserBias}:{block}", Floats(biases.Users.AsSpan(first, count)));
            yield return new($"{UserFactor}:{block}", Vectors(state.Users, first, count, width, factors));
            yield return new($"{UserEnd}:{block}", new Tensor(Ends(lines, first, count), count));
            yield return new($"{UserItem}:{block}", new Tensor(lines.Indices[start..end], end - start));
            yield return new($"{UserRating}:{block}", new Tensor(lines.Values[start..end], end - start));
        }
    }

    /// <exception cref="RedisMLException"><c>ModelKindMismatch</c>, <c>ParameterShapeMismatch</c>,
    /// <c>InvalidModelDefinition</c>.</exception>
    public static FactorModel Read(Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var options = FactorizationOptions.Of(model);
        _ = model.Definition!.RequirePipeline();
        return Decoding.Run(() =>
        {
            var reader = new FactorReader(parameters, options.Factors);
            int items = reader.Count(Items), users = reader.Count(Users);
            return new FactorModel(model, options, reader.Number(Mean), reader.Number(Minimum), reader.Number(Maximum),
                reader.Number(Penalty), reader.ReadItems(items), options.KeepUsers ? reader.ReadUsers(users, items) : null, users);
        }, (why, e) => new("ParameterShapeMismatch", ErrorKind.InvalidData,
            $"The parameters of model '{model.Name}', version {model.Version}, aren't those of a factorisation: {why}.", model.Name, e));
    }

    public static IEnumerable<(int Block, int First, int Count)> Blocks(int rows)
    {
        for (int first = 0, block = 0; first < rows; first += BlockSize, block++)
            yield return (block, first, Math.Min(BlockSize, rows - first));
    }

    static Scalar Names(ReadOnlySpan<string> names) => new(JsonSerializer.Serialize(names.ToArray(), s_names));

    static Tensor Floats(ReadOnlySpan<double> values)
    {
        var floats = new float[values.Length];
        for (int i = 0; i < floats.Length; i++) floats[i] = (float)values[i];
        return new(floats, floats.Length);
    }

    static Tensor Vectors(double[] table, int first, int count, int width, int factors)
    {
        var floats = new float[count * factors];
        for (int row = 0; row < count; row++)
            for (int i = 0; i < factors; i++) floats[row * factors + i] = (float)table[(first + row) * width + i];
        return new(floats, count, factors);
    }

    static Tensor Counts(RatingLines lines, int first, int count) =>
        new(Enumerable.Range(first, count).Select(line => lines.IndicesOf(line).Length).ToArray(), count);

    /// <summary>Where the ratings of each user end, among those of the block.</summary>
    static int[] Ends(RatingLines lines, int first, int count) =>
        [.. Enumerable.Range(first + 1, count).Select(line => lines.Starts[line] - lines.Starts[first])];
}
