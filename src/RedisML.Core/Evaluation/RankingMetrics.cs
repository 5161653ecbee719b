using RedisML.Prediction;

namespace RedisML.Evaluation;

/// <summary>Where a model ranks what users chose, and the errors of its ratings.</summary>
internal sealed class RankingMetrics : ChunkMetrics
{
    readonly RegressionMetrics _errors;
    readonly bool _predictsLabel;
    readonly int _top;
    readonly SortedDictionary<string, UserSums> _users = new(StringComparer.Ordinal);

    /// <param name="ranks">Null where there are no rows.</param>
    /// <param name="weights">What each row counts; empty where that is 1.</param>
    public RankingMetrics(IItemRanker ranker, RegressionMetrics errors, ItemRanks? ranks, ReadOnlySpan<double> labels,
        ReadOnlySpan<double> weights, int top)
    {
        (_errors, _predictsLabel, _top) = (errors, ranker.PredictsLabel, top);
        (Rows, Weight, UnseenValues) = (errors.Rows, errors.Weight, errors.UnseenValues);
        (RowsWithoutLabel, RowsWithoutPrediction) = (errors.RowsWithoutLabel, errors.RowsWithoutPrediction);
        for (int row = 0; row < labels.Length; row++)
        {
            // NaN isn't relevant either.
            double weight = weights.IsEmpty ? 1 : weights[row];
            if (ranks!.Users[row] < 0 || !(labels[row] >= ranker.RelevantFrom) || !(weight > 0)) continue;
            string user = ranks.Names[ranks.Users[row]];
            var sums = _users.GetValueOrDefault(user);
            bool isHit = ranks.Ranks[row] is > 0 and var rank && rank <= top;
            _users[user] = new(sums.Relevant + weight, sums.Hits + (isHit ? weight : 0),
                sums.Gain + (isHit ? weight * Gain(ranks.Ranks[row]) : 0));
        }
    }

    public override void Merge(ChunkMetrics next)
    {
        base.Merge(next);
        var other = (RankingMetrics)next;
        _errors.Merge(other._errors);
        foreach (var (user, sums) in other._users)
        {
            var own = _users.GetValueOrDefault(user);
            _users[user] = new(own.Relevant + sums.Relevant, own.Hits + sums.Hits, own.Gain + sums.Gain);
        }
    }

    protected override EvaluationResult Figures()
    {
        var errors = (RegressionResult)_errors.Result();
        double precision = 0, recall = 0, ndcg = 0;
        foreach (var sums in _users.Values)
        {
            precision += sums.Hits / _top;
            recall += sums.Hits / sums.Relevant;
            double ideal = 0, relevant = Math.Min(_top, sums.Relevant);
            // The last rank counts in part where weights are no whole numbers.
            for (int rank = 1; rank < relevant + 1; rank++) ideal += Math.Min(1, relevant + 1 - rank) * Gain(rank);
            ndcg += sums.Gain / ideal;
        }
        return new RecommendationResult
        {
            Rmse = _predictsLabel ? errors.Rmse : null,
            Mae = _predictsLabel ? errors.Mae : null,
            R2 = _predictsLabel ? errors.R2 : null,
            Top = _top,
            Users = _users.Count,
            Precision = Mean(precision),
            Recall = Mean(recall),
            Ndcg = Mean(ndcg),
        };

        double? Mean(double sum) => _users.Count == 0 ? null : sum / _users.Count;
    }

    static double Gain(int rank) => 1 / Math.Log2(rank + 1);

    /// <param name="Relevant">Rows that are relevant, by weight.</param>
    /// <param name="Hits">Those that are recommended.</param>
    /// <param name="Gain">Their discounted gain.</param>
    readonly record struct UserSums(double Relevant, double Hits, double Gain);
}
