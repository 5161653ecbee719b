using RedisML.Evaluation;

namespace RedisML.Unit.Fixtures;

/// <summary>Figures of one task, where a test knows which it is.</summary>
static class EvaluationResults
{
    extension(EvaluationResult result)
    {
        public RegressionResult Numbers => (RegressionResult)result;

        public ClassificationResult Classes => (ClassificationResult)result;

        /// <summary>R² or accuracy.</summary>
        public double Goodness => result is RegressionResult numbers ? numbers.R2!.Value : result.Classes.Accuracy!.Value;
    }
}
