using RedisML.Features;

namespace RedisML.Algorithms.Network;

/// <summary>A network's layers, and where in one vector their parameters lie: first what is penalised (embeddings, weights), then biases,
/// scales and shifts.</summary>
/// <remarks>The inputs are the embeddings of the categories in order, then the numbers.</remarks>
internal sealed class NetworkShape
{
    /// <param name="outputs">The outputs of the last layer.</param>
    /// <exception cref="OverflowException">More parameters than an array holds.</exception>
    public NetworkShape(EncodedLayout layout, NetworkOptions options, int outputs)
    {
        (Layout, Options) = (layout, options);
        var tables = new List<EmbeddingTable>();
        int next = 0, column = 0, offset = 0;
        foreach (var feature in layout.Features)
        {
            if (feature is CategoryFeature)
            {
                int width = options.Embedding > 0 ? options.Embedding : WidthOf(feature.Width);
                tables.Add(new(feature.Width, width, next, column, offset));
                next = checked(next + feature.Width * width);
                column += width;
            }
            offset += feature.Width;
        }
        (Embeddings, EmbeddingWidth, Numbers) = ([.. tables], column, layout.NumberPositions.Length);

        int[] sizes = [Inputs, .. options.Layers, outputs];
        var weights = new int[sizes.Length - 1];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = next;
            next = checked(next + sizes[i] * sizes[i + 1]);
        }
        WeightCount = next;
        var layers = new List<DenseLayer>();
        for (int i = 0; i < weights.Length; i++)
        {
            int size = sizes[i + 1];
            bool isNormalized = options.Normalization == Normalization.Layer && i + 1 < weights.Length;
            layers.Add(new(sizes[i], size, weights[i], next, isNormalized ? next + size : -1, isNormalized ? next + 2 * size : -1));
            next = checked(next + (isNormalized ? 3 : 1) * size);
        }
        (Layers, ParameterCount) = ([.. layers], next);
    }

    public EncodedLayout Layout { get; }

    public NetworkOptions Options { get; }

    public EmbeddingTable[] Embeddings { get; }

    /// <summary>How many inputs are of embeddings.</summary>
    public int EmbeddingWidth { get; }

    /// <summary>How many inputs are numbers.</summary>
    public int Numbers { get; }

    public int Inputs => EmbeddingWidth + Numbers;

    public DenseLayer[] Layers { get; }

    public int Outputs => Layers[^1].Outputs;

    /// <summary>The parameters that are penalised, which are the first.</summary>
    public int WeightCount { get; }

    public int ParameterCount { get; }

    /// <summary>As fastai has it by experience; never more numbers than levels.</summary>
    static int WidthOf(int levels) => Math.Clamp((int)Math.Round(1.6 * Math.Pow(levels, 0.56)), 1, Math.Clamp(levels, 1, 600));
}
