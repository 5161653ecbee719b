using RedisML.Numerics;

namespace RedisML.Algorithms.Network;

/// <summary>Rows of a batch, forth and back through a network, with the gradient added up.</summary>
/// <remarks>
/// Rows come in units: rows of one leaf that follow each other. The gradient of a unit is made in single precision, in the order of its
/// rows, and units are added up exactly: so the sum is the same whoever makes which unit.
/// </remarks>
internal sealed class TrainingPass : NetworkPass
{
    /// <summary>The most rows of a unit.</summary>
    public const int UnitRows = 64;

    /// <summary>So many numbers of a unit's gradient are made at once, and stay in the nearest cache.</summary>
    const int PanelNumbers = 4_096;

    readonly OutputLoss _loss;
    readonly float[] _targets;
    readonly float[] _rowWeights;
    readonly ulong[] _ids;
    readonly int[] _levels;
    readonly float[] _panel;
    readonly float[] _derivatives;
    readonly List<int> _starts = [];
    ulong _dropoutKey;
    int _rows;

    public TrainingPass(NetworkWeights weights, OutputLoss loss, int maxRows) : base(weights, maxRows)
    {
        _loss = loss;
        (_targets, _rowWeights, _ids) = (new float[maxRows], new float[maxRows], new ulong[maxRows]);
        _levels = new int[maxRows * Shape.Embeddings.Length];
        _panel = new float[Math.Max(PanelNumbers, 4 * weights.Layers.Max(layer => layer.Stride))];
        _derivatives = new float[maxRows * Math.Max(InputStride, weights.Layers.Max(layer => layer.Stride))];
    }

    public bool HasRoom => _rows + UnitRows <= MaxRows;

    public bool IsEmpty => _rows == 0;

    /// <summary>Takes the rows of a unit.</summary>
    public void Add(LeafRows leaf, ReadOnlySpan<int> rows)
    {
        _starts.Add(_rows);
        foreach (int row in rows)
        {
            int target = _rows++;
            leaf.Numbers(row).CopyTo(Inputs.AsSpan(target * InputStride + Shape.EmbeddingWidth));
            var levels = leaf.Levels(row);
            levels.CopyTo(_levels.AsSpan(target * levels.Length));
            for (int i = 0; i < levels.Length; i++) Embed(Shape.Embeddings[i], levels[i], target);
            (_targets[target], _rowWeights[target], _ids[target]) = (leaf.Targets[row], leaf.Weights[row], leaf.Ids[row]);
        }
    }

    /// <summary>Adds the rows' part to the gradient, loss and weight, and lets the rows go.</summary>
    /// <param name="sum">The gradient, then the loss, then the rows' weight.</param>
    /// <param name="limit">How large a unit's part of a derivative may be.</param>
    /// <param name="dropoutKey">Draws what is left out: another one for each seed and pass over the rows.</param>
    public void AddGradient(Span<double> sum, float limit, ulong dropoutKey)
    {
        _dropoutKey = dropoutKey;
        Forward(_rows, derive: true);
        for (int row = 0; row < _rows; row++)
        {
            var scores = Scores.Slice(row * ScoreStride, ScoreStride);
            sum[^2] += ExactSum.Round(_loss.Differentiate(scores, _targets[row], _rowWeights[row]));
            sum[^1] += ExactSum.Round(_rowWeights[row]);
        }
        for (int i = Shape.Layers.Length - 1; i >= 0; i--)
        {
            AddLayer(i, sum, limit);
            if (i > 0) GoBack(i, sum, limit);
        }
        if (Shape.EmbeddingWidth > 0) AddEmbeddings(sum, limit / UnitRows);
        _rows = 0;
        _starts.Clear();
    }

    protected override void Drop(int layer, int rows)
    {
        int stride = Weights.Layers[layer].Stride;
        for (int row = 0; row < rows; row++)
        {
            HiddenUnits.Drop(Shape.Options.Dropout, SplitMix64.Mix(_dropoutKey + (ulong)layer ^ SplitMix64.Mix(_ids[row])),
                Values[layer].AsSpan(row * stride, stride), Sums[layer].AsSpan(row * stride, stride));
        }
    }

    /// <summary>The gradient by a layer's weights and biases, from the derivatives by its sums.</summary>
    void AddLayer(int index, Span<double> sum, float limit)
    {
        var layer = Shape.Layers[index];
        int stride = Weights.Layers[index].Stride, inputStride = index == 0 ? InputStride : Weights.Layers[index - 1].Stride;
        float[] inputs = index == 0 ? Inputs : Values[index - 1], derivatives = Sums[index];
        int panelRows = Math.Max(4, PanelNumbers / stride / 4 * 4);
        for (int first = 0; first < layer.Inputs; first += panelRows)
        {
            int count = Math.Min(panelRows, layer.Inputs - first);
            for (int unit = 0; unit < _starts.Count; unit++)
            {
                var (start, length) = Unit(unit);
                MatrixProduct.Multiply(count, Padded(layer.Outputs), length, inputs.AsSpan(start * inputStride + first), 1, inputStride,
                    derivatives.AsSpan(start * stride), stride, _panel, stride);
                for (int row = 0; row < count; row++)
                {
                    ExactSum.Add(_panel.AsSpan(row * stride, layer.Outputs), limit,
                        sum.Slice(layer.Weights + (first + row) * layer.Outputs, layer.Outputs));
                }
            }
        }
        AddColumns(derivatives, [], stride, layer.Outputs, limit, sum[layer.Biases..]);
    }

    /// <summary>From the derivatives by a layer's sums to those by the sums of the layer before.</summary>
    void GoBack(int index, Span<double> sum, float limit)
    {
        var (layer, padded) = (Shape.Layers[index], Weights.Layers[index]);
        int before = index - 1, stride = Weights.Layers[before].Stride;
        Multiply(Padded(layer.Inputs), stride);
        var derivatives = Sums[before].AsSpan(0, _rows * stride);
        SingleLanes.Multiply(derivatives, _derivatives);
        var previous = Shape.Layers[before];
        if (!previous.IsNormalized) return;
        AddColumns(Sums[before], Standardized[before], stride, previous.Outputs, limit, sum[previous.Scales..]);
        AddColumns(Sums[before], [], stride, previous.Outputs, limit, sum[previous.Shifts..]);
        HiddenUnits.Differentiate(
            _rows, previous.Outputs, stride, Weights.Layers[before].Scales, Standardized[before], Rates[before], derivatives);

        void Multiply(int columns, int target) => MatrixProduct.Multiply(_rows, columns, layer.Outputs, Sums[index], padded.Stride, 1,
            padded.Transposed, padded.TransposedStride, _derivatives, target);
    }

    /// <summary>Of each unit the sums of columns, of products with others where there are any.</summary>
    void AddColumns(float[] values, float[] others, int stride, int columns, float limit, Span<double> sum)
    {
        var sums = _panel.AsSpan(0, stride);
        for (int unit = 0; unit < _starts.Count; unit++)
        {
            sums.Clear();
            var (start, length) = Unit(unit);
            for (int row = start; row < start + length; row++)
            {
                if (others.Length == 0) SingleLanes.Add(sums, values.AsSpan(row * stride, stride));
                else SingleLanes.AddProducts(sums, values.AsSpan(row * stride, stride), others.AsSpan(row * stride, stride));
            }
            ExactSum.Add(sums[..columns], limit, sum);
        }
    }

    void AddEmbeddings(Span<double> sum, float limit)
    {
        var (layer, padded) = (Shape.Layers[0], Weights.Layers[0]);
        MatrixProduct.Multiply(_rows, Padded(Shape.EmbeddingWidth), layer.Outputs, Sums[0], padded.Stride, 1, padded.Transposed,
            padded.TransposedStride, _derivatives, InputStride);
        for (int row = 0; row < _rows; row++)
        {
            for (int i = 0; i < Shape.Embeddings.Length; i++)
            {
                var table = Shape.Embeddings[i];
                int level = _levels[row * Shape.Embeddings.Length + i];
                if (level < 0) continue;
                ExactSum.Add(_derivatives.AsSpan(row * InputStride + table.Column, table.Width), limit,
                    sum.Slice(table.Start + level * table.Width, table.Width));
            }
        }
    }

    (int Start, int Length) Unit(int unit)
    {
        int start = _starts[unit];
        return (start, (unit + 1 < _starts.Count ? _starts[unit + 1] : _rows) - start);
    }
}
