using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RedisML.Online;

/// <summary>The weights of one output under FTRL-proximal: of each a sum of gradients z, less what the proximal terms hold, and a sum of
/// their squares n; the weight follows from them.</summary>
/// <remarks>McMahan et al., "Ad click prediction: a view from the trenches" (2013), algorithm 1. Position 0 is the intercept, which no
/// penalty holds.</remarks>
sealed class FtrlWeights(OnlineSpecification options)
{
    /// <summary>How many positions lie together in a field of Redis.</summary>
    public const int BlockSize = 256;

    /// <summary>The bytes of a block: z of its positions, then n.</summary>
    public const int BlockBytes = 2 * BlockSize * sizeof(double);

    readonly double _alpha = options.LearningRate, _beta = options.Beta, _l1 = options.L1, _l2 = options.L2;
    double[] _z = new double[BlockSize];
    double[] _n = new double[BlockSize];
    bool[] _isDirty = new bool[1];

    /// <summary>The positions that there is room for, of blocks that are whole.</summary>
    public int Length => _z.Length;

    public void EnsureLength(int positions)
    {
        if (positions <= Length) return;
        int blocks = (Math.Max(positions, 2 * Length) + BlockSize - 1) / BlockSize;
        Array.Resize(ref _z, blocks * BlockSize);
        Array.Resize(ref _n, blocks * BlockSize);
        Array.Resize(ref _isDirty, blocks);
    }

    public double Weight(int position)
    {
        double z = _z[position];
        double l1 = position == 0 ? 0 : _l1, l2 = position == 0 ? 0 : _l2;
        return Math.Abs(z) <= l1 ? 0 : -(z - Math.CopySign(l1, z)) / ((_beta + Math.Sqrt(_n[position])) / _alpha + l2);
    }

    /// <summary>The weights at some positions, and Σ w·x over them.</summary>
    public double Score(ReadOnlySpan<int> positions, ReadOnlySpan<double> values, Span<double> weights)
    {
        double score = 0;
        for (int i = 0; i < positions.Length; i++) score += (weights[i] = Weight(positions[i])) * values[i];
        return score;
    }

    /// <summary>Learns from the derivative of a loss by the score.</summary>
    /// <param name="weights">Those that <see cref="Score"/> told.</param>
    public void Learn(ReadOnlySpan<int> positions, ReadOnlySpan<double> values, ReadOnlySpan<double> weights, double derivative)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            double gradient = derivative * values[i];
            if (gradient == 0) continue;
            int position = positions[i];
            double n = _n[position], next = n + gradient * gradient;
            _z[position] += gradient - (Math.Sqrt(next) - Math.Sqrt(n)) / _alpha * weights[i];
            _n[position] = next;
            _isDirty[position / BlockSize] = true;
        }
    }

    /// <summary>Starts a position at a weight that was learned elsewhere.</summary>
    /// <param name="squares">The sum of squared gradients that it stands for.</param>
    public void Start(int position, double weight, double squares)
    {
        double l1 = position == 0 ? 0 : _l1, l2 = position == 0 ? 0 : _l2;
        _n[position] = squares;
        _z[position] = weight == 0 ? 0 : -weight * ((_beta + Math.Sqrt(squares)) / _alpha + l2) - Math.CopySign(l1, weight);
        _isDirty[position / BlockSize] = true;
    }

    /// <summary>The blocks that changed since the last time, as bytes, little-endian.</summary>
    public IEnumerable<(int Block, byte[] Bytes)> TakeChanged()
    {
        for (int block = 0; block < _isDirty.Length; block++)
        {
            if (!_isDirty[block]) continue;
            _isDirty[block] = false;
            var bytes = new byte[BlockBytes];
            Write(_z.AsSpan(block * BlockSize, BlockSize), bytes);
            Write(_n.AsSpan(block * BlockSize, BlockSize), bytes.AsSpan(BlockBytes / 2));
            yield return (block, bytes);
        }
    }

    /// <exception cref="InvalidDataException">It is no block of these weights.</exception>
    public void Read(int block, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != BlockBytes) throw new InvalidDataException($"a block of weights has {bytes.Length:N0} bytes");
        EnsureLength((block + 1) * BlockSize);
        Read(bytes[..(BlockBytes / 2)], _z.AsSpan(block * BlockSize, BlockSize));
        Read(bytes[(BlockBytes / 2)..], _n.AsSpan(block * BlockSize, BlockSize));
    }

    static void Write(ReadOnlySpan<double> numbers, Span<byte> bytes)
    {
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(numbers).CopyTo(bytes);
        else for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes[(i * 8)..], numbers[i]);
    }

    static void Read(ReadOnlySpan<byte> bytes, Span<double> numbers)
    {
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(numbers));
        else for (int i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * 8)..]);
    }
}
