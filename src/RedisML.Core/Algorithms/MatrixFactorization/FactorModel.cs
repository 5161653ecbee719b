using RedisML.Models;
using RedisML.Numerics;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>A loaded model of ratings or events. For several threads.</summary>
internal sealed class FactorModel
{
    readonly double[] _gram;

    /// <param name="users">Null where the version doesn't hold them.</param>
    /// <param name="userCount">How many there were in training.</param>
    public FactorModel(Model model, FactorizationOptions options, double mean, double minimum, double maximum, double penalty,
        FactorItems items, FactorUsers? users, int userCount)
    {
        (Model, Options, Mean, Minimum, Maximum, Penalty) = (model, options, mean, minimum, maximum, penalty);
        (Items, Users, UserCount) = (items, users, userCount);
        if (!double.IsFinite(mean) || !(penalty > 0)) throw new InvalidDataException($"its mean is {mean} and its penalty {penalty}");
        _gram = options.IsImplicit ? Gram() : [];
    }

    public Model Model { get; }

    public FactorizationOptions Options { get; }

    public double Mean { get; }

    /// <summary>The least rating.</summary>
    public double Minimum { get; }

    /// <summary>The greatest rating.</summary>
    public double Maximum { get; }

    public double Penalty { get; }

    public FactorItems Items { get; }

    public FactorUsers? Users { get; }

    public int UserCount { get; }

    /// <summary>The place of a user among those of training; −1 where it wasn't one.</summary>
    public int PlaceOf(string user) => Users?.Places.TryGetValue(user, out int place) == true ? place : -1;

    /// <summary>A user as training left it.</summary>
    /// <param name="place">−1 for one that training didn't see.</param>
    public UserVector Trained(int place)
    {
        var factors = new float[Options.Factors];
        if (Users is null || place < 0) return new(0, factors, IsCold: true);
        Users.Vectors.AsSpan(place * Options.Factors, Options.Factors).CopyTo(factors);
        return new(Users.Biases[place], factors, IsCold: false);
    }

    /// <summary>A user by what it rated, items staying as they are: what training would make of it.</summary>
    /// <param name="items">The places of the items, each once, ascending.</param>
    public UserVector FoldIn(ReadOnlySpan<int> items, ReadOnlySpan<float> ratings)
    {
        var factors = new float[Options.Factors];
        if (items.IsEmpty) return new(0, factors, IsCold: true);
        var (solver, bias) = (new FactorSolver(Options.Factors), 0.0);
        Span<double> vector = stackalloc double[solver.Width], solution = stackalloc double[solver.Width];
        if (Options.IsImplicit)
        {
            solver.Start(_gram);
        }
        else
        {
            solver.Start(Penalty);
            for (int i = 0; i < items.Length; i++) bias += ratings[i] - Mean - Items.Biases[items[i]];
            bias /= items.Length + Options.Damping;
        }
        for (int i = 0; i < items.Length; i++)
        {
            Items.CopyTo(items[i], vector);
            double more = Options.Confidence * ratings[i];
            if (Options.IsImplicit) solver.Add(vector, more, more > 0 ? 1 + more : 0);
            else solver.Add(vector, 1, ratings[i] - (Mean + bias) - Items.Biases[items[i]]);
        }
        solver.Solve(solution);
        for (int i = 0; i < Options.Factors; i++) factors[i] = (float)solution[i];
        return new(bias, factors, IsCold: false);
    }

    /// <summary>The rating that a user would give, within the range of ratings; of events the preference.</summary>
    /// <param name="item">−1 for one that training didn't see.</param>
    public double Predict(UserVector user, int item)
    {
        if (Options.IsImplicit && user.IsCold) return item < 0 ? 0 : Popularity(item);
        float score = item < 0 ? 0 : Items.Score(user.Factors, item);
        return Options.IsImplicit ? score : Math.Clamp(Mean + user.Bias + score, Minimum, Maximum);
    }

    /// <summary>What is added to an item's score for a user to be a rating.</summary>
    public double Offset(UserVector user) => Options.IsImplicit ? 0 : Mean + user.Bias;

    /// <summary>The scores of items for a user, the first one of a place that 32 divides; of a user whom nobody knows by bias, or by
    /// popularity.</summary>
    public void Score(UserVector user, int first, Span<float> scores)
    {
        if (!Options.IsImplicit || !user.IsCold)
        {
            Items.Score(user.Factors, first, scores);
            return;
        }
        for (int i = 0; i < scores.Length; i++) scores[i] = (float)Popularity(first + i);
    }

    /// <summary>The share of the users that had to do with an item.</summary>
    double Popularity(int item) => (double)Items.Counts[item] / Math.Max(1, UserCount);

    double[] Gram()
    {
        int width = Lanes.RoundUp(Options.Factors);
        var gram = new double[Options.Factors * width];
        var vector = new double[width];
        for (int item = 0; item < Items.Count; item++)
        {
            Items.CopyTo(item, vector);
            FactorSolver.AddProduct(gram, vector, 1, Options.Factors);
        }
        for (int i = 0; i < Options.Factors; i++) gram[i * width + i] += Penalty;
        return gram;
    }
}
