using RedisML.Runs;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The mean of all ratings, and by how much each user and each item differs from it.</summary>
/// <remarks>
/// A bias is the mean of what the others leave, with some ratings of 0 added to it, so that few ratings say little. Users and items
/// are fitted in turn. Those of items are rounded as they are stored, and those of users follow from them: so a user who is folded in has
/// the bias that training would give.
/// </remarks>
internal sealed class RatingBiases(double mean, double[] users, double[] items)
{
    const int Rounds = 10;

    /// <summary>Lines that a worker takes at once.</summary>
    const int Grain = 1024;

    public double Mean => mean;

    public double[] Users => users;

    public double[] Items => items;

    /// <summary>The mean squared error of a prediction by biases alone.</summary>
    public double Variance { get; private set; }

    /// <summary>No biases: for events, whose products are the preference itself.</summary>
    public static RatingBiases None(RatingMatrix ratings) => new(0, new double[ratings.Users.Length], new double[ratings.Items.Length]);

    public static RatingBiases Of(RatingMatrix ratings, double damping, WorkerTeam team)
    {
        double total = 0;
        foreach (float rating in ratings.ByUser.Values) total += rating;
        var biases = new RatingBiases(total / ratings.ByUser.Values.Length, new double[ratings.Users.Length],
            new double[ratings.Items.Length]);
        for (int round = 0; round < Rounds; round++)
        {
            Fit(ratings.ByItem, biases.Items, line => (float)biases.Bias(ratings.ByItem, line, biases.Users, damping));
            Fit(ratings.ByUser, biases.Users, line => biases.Bias(ratings.ByUser, line, biases.Items, damping));
        }
        biases.Variance = biases.MeanSquare(ratings.ByUser);
        return biases;

        void Fit(RatingLines lines, double[] target, Func<int, double> bias) =>
            team.For((lines.Count + Grain - 1) / Grain, (_, part) =>
            {
                int end = Math.Min(lines.Count, (part + 1) * Grain);
                for (int line = part * Grain; line < end; line++) target[line] = bias(line);
            });
    }

    double Bias(RatingLines lines, int line, double[] others, double damping)
    {
        var indices = lines.IndicesOf(line);
        var values = lines.ValuesOf(line);
        double sum = 0;
        for (int i = 0; i < indices.Length; i++) sum += values[i] - mean - others[indices[i]];
        return sum / (indices.Length + damping);
    }

    double MeanSquare(RatingLines lines)
    {
        double sum = 0;
        for (int user = 0; user < lines.Count; user++)
        {
            var indices = lines.IndicesOf(user);
            var values = lines.ValuesOf(user);
            double ofUser = 0;
            for (int i = 0; i < indices.Length; i++)
            {
                double rest = values[i] - mean - users[user] - items[indices[i]];
                ofUser += rest * rest;
            }
            sum += ofUser;
        }
        return sum / lines.Values.Length;
    }
}
