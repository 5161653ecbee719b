namespace RedisML.Online;

// What a prediction costs, and what is learned from it. Each returns the loss, the error that people look at, and the error that the
// test of drift gets: between 0 and 1, or in deviations of the label.
sealed partial class OnlineLearner
{
    /// <summary>A label is an outlier beyond so many deviations: no error counts, or is learned, as larger.</summary>
    const double LargestError = 10;

    (double Loss, double Error, double Drift) LearnBinary(int active, int place)
    {
        double score = Score(0, active), y = place;
        double probability = 1 / (1 + Math.Exp(-score));
        // log(1 + e^−m) of the margin m, without overflow.
        double margin = y == 1 ? score : -score;
        double loss = margin > 0 ? Math.Log(1 + Math.Exp(-margin)) : Math.Log(1 + Math.Exp(margin)) - margin;
        double wrong = score > 0 == (y == 1) ? 0 : 1;
        Learn(0, active, probability - y);
        return (loss, wrong, wrong);
    }

    (double Loss, double Error, double Drift) LearnClasses(int active, int place)
    {
        int classes = _outputs.Count, best = 0;
        for (int k = 0; k < classes; k++)
        {
            _scores[k] = Score(k, active);
            if (_scores[k] > _scores[best]) best = k;
        }
        double largest = _scores[best], total = 0, own = _scores[place];
        for (int k = 0; k < classes; k++) total += _scores[k] = Math.Exp(_scores[k] - largest);
        for (int k = 0; k < classes; k++) Learn(k, active, _scores[k] / total - (k == place ? 1 : 0));
        double wrong = best == place ? 0 : 1;
        return (Math.Log(total) + largest - own, wrong, wrong);
    }

    (double Loss, double Error, double Drift) LearnNumber(int active, double label)
    {
        double score = Score(0, active), error = _label.Mean + _label.Scale * score - label;
        if (_label.Count < OnlineLimits.LabelSamples) _label.Add(label);
        double residual = Math.Clamp(score - (label - _label.Mean) / _label.Scale, -LargestError, LargestError);
        Learn(0, active, residual);
        return (error * error, Math.Abs(error), Math.Min(LargestError, Math.Abs(error) / _label.Scale));
    }

    (double Loss, double Error, double Drift) LearnCount(int active, double label)
    {
        double mean = LabelMean, prediction = Expected(Score(0, active));
        double loss = 2 * ((label > 0 ? label * Math.Log(label / prediction) : 0) - (label - prediction));
        double error = Math.Abs(prediction - label);
        if (_label.Count < OnlineLimits.LabelSamples) _label.Add(label);
        // In units of the mean, so that the rate means the same for rare events and frequent ones.
        Learn(0, active, Math.Clamp((prediction - label) / mean, -LargestError, LargestError));
        return (loss, error, Math.Min(LargestError, error / (1 + _label.Scale)));

        double Expected(double score) => mean * Math.Exp(Math.Clamp(score, -LargestScore, LargestScore));
    }

    /// <summary>The mean of counts so far, never 0: as if a 1 had been seen before.</summary>
    double LabelMean => (_label.Mean * _label.Count + 1) / (_label.Count + 1);
}
