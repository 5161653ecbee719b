using RedisML.Features;

namespace RedisML.Training;

/// <summary>Rows from here and there, gathered into a block, in memory that the next block uses again.</summary>
internal sealed class GatheredRows(EncodedLayout layout, int maxRows, int scratchPerRow)
{
    readonly int _numberCount = layout.NumberPositions.Length;
    readonly double[] _numbers = new double[layout.NumberPositions.Length * maxRows];
    readonly int[] _positions = new int[layout.Categories.Length * maxRows];
    readonly double[] _labels = new double[maxRows];
    readonly double[] _weights = new double[maxRows];
    int _rows;
    int _filled;
    bool _isWeighted;

    public int MaxRows => maxRows;

    public double[] Scratch { get; } = new double[scratchPerRow * maxRows];

    public EncodedBlock Block =>
        new(layout, _rows, _numbers.AsSpan(0, _numberCount * _rows), _positions.AsSpan(0, layout.Categories.Length * _rows));

    public Targets Targets => new(_labels.AsSpan(0, _rows), _isWeighted ? _weights.AsSpan(0, _rows) : []);

    /// <summary>Starts a block of so many rows.</summary>
    public void Clear(int rows) => (_rows, _filled, _isWeighted) = (rows, 0, false);

    public void Add(TrainingChunk chunk, ReadOnlySpan<int> rows)
    {
        int block = 0;
        foreach (int row in rows)
        {
            while (row >= chunk.Blocks.Start(block + 1)) block++;
            int target = _filled++;
            chunk.CopyRow(block, row, _numbers, _positions, target, _rows);
            _labels[target] = chunk.Labels[row];
            if (chunk.Weights is null) continue;
            _weights[target] = chunk.Weights[row];
            _isWeighted = true;
        }
    }
}
