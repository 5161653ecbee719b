using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.Serving;

/// <summary>A version of a model, ready to answer: what is exchanged as a whole when an alias moves. For one thread.</summary>
sealed class ServedModel(Model model, IPredictor predictor)
{
    public Model Model { get; } = model;

    public IPredictor Predictor { get; } = predictor;

    public RowBuffer Rows { get; } = new(predictor.Signature);

    public PredictionColumns Columns { get; } = new(predictor.Signature, new());

    public static async Task<ServedModel> LoadAsync(ModelStore models, Model model, CancellationToken cancellation) =>
        new(model, await ModelFamilies.LoadAsync(models, model, cancellation).ConfigureAwait(false));
}
