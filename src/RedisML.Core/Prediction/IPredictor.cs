
namespace RedisML.Prediction;

/// <summary>A loaded model, applied to rows. One may serve several threads.</summary>
public interface IPredictor
{
    /// <summary>What it needs of a row, and what it says of one.</summary>
    ModelSignature Signature { get; }

    /// <summary>Predicts each row.</summary>
    /// <exception cref="Errors.RedisMLException"><c>SignatureMismatch</c>.</exception>
    Predictions Predict(RowBatch rows);
}
