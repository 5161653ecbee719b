using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>What the last iterations tell of the curvature: L-BFGS's estimate of the inverse Hessian.</summary>
/// <remarks>Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.4, with a preconditioner as the initial estimate.</remarks>
internal sealed class CurvatureHistory(int length, Preconditioner preconditioner)
{
    const int MaxCount = 10;

    /// <summary>Of what an iteration tells of the curvature, the least share that must be of the free variables for
    /// it to tell something of them.</summary>
    const double MinFreeShare = 1e-3;

    readonly List<Correction> _corrections = [];
    readonly double[] _alphas = new double[MaxCount];
    readonly double[] _curvatures = new double[MaxCount];
    readonly double[] _scratch = new double[length];
    Preconditioner _preconditioner = preconditioner;

    public bool IsEmpty => _corrections.Count == 0;

    public void Clear() => _corrections.Clear();

    /// <summary>Learns from an iteration, unless the curvature along it isn't positive.</summary>
    public void Add(ReadOnlySpan<double> from, ReadOnlySpan<double> to, ReadOnlySpan<double> oldGradient, ReadOnlySpan<double> newGradient)
    {
        var correction = _corrections.Count < MaxCount ? new Correction(length) : _corrections[0];
        for (int i = 0; i < length; i++)
        {
            correction.Step[i] = to[i] - from[i];
            correction.Change[i] = newGradient[i] - oldGradient[i];
        }
        correction.Curvature = Lanes.Dot(correction.Step, correction.Change);
        if (_corrections.Count == MaxCount) _corrections.RemoveAt(0);
        if (correction.Curvature > 0) _corrections.Add(correction);
    }

    /// <summary>Replaces a vector by its product with the estimate.</summary>
    /// <param name="free">
    /// 1 for the variables that may move, 0 for those that stay, whose place in the vector has a 0: then the estimate is that of the
    /// function of the former alone, for which the preconditioner must be diagonal. Empty: all may.
    /// </param>
    public void Apply(Span<double> vector, ReadOnlySpan<double> free = default)
    {
        // What the preconditioner must be multiplied by to fit the curvature that was found last.
        double? scale = null;
        for (int i = _corrections.Count - 1; i >= 0; i--)
        {
            var correction = _corrections[i];
            correction.Change.CopyTo(_scratch, 0);
            if (!free.IsEmpty) Lanes.Multiply(_scratch, free);
            _curvatures[i] = free.IsEmpty ? correction.Curvature : Lanes.Dot(correction.Step, _scratch);
            if (_curvatures[i] < MinFreeShare * correction.Curvature) continue;
            _alphas[i] = Lanes.Dot(correction.Step, vector) / _curvatures[i];
            Lanes.AddScaled(vector, -_alphas[i], _scratch);
            if (scale is not null) continue;
            _preconditioner.Apply(_scratch);
            scale = _curvatures[i] / Lanes.Dot(correction.Change, _scratch);
        }
        _preconditioner.Apply(vector);
        foreach (ref double value in vector) value *= scale ?? 1;
        for (int i = 0; i < _corrections.Count; i++)
        {
            var correction = _corrections[i];
            if (_curvatures[i] < MinFreeShare * correction.Curvature) continue;
            double beta = Lanes.Dot(correction.Change, vector) / _curvatures[i];
            Lanes.AddScaled(vector, _alphas[i] - beta, correction.Step);
            if (!free.IsEmpty) Lanes.Multiply(vector, free);
        }
    }

    public void WritePreconditioner(BinaryWriter writer) => _preconditioner.Write(writer);

    public void ReadPreconditioner(BinaryReader reader) => _preconditioner = Preconditioner.Read(reader, length);

    public void Write(BinaryWriter writer)
    {
        writer.Write(_corrections.Count);
        foreach (var correction in _corrections) correction.Write(writer);
    }

    public void Read(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        if (count is < 0 or > MaxCount) throw new InvalidDataException();
        _corrections.Clear();
        for (int i = 0; i < count; i++) _corrections.Add(Correction.Read(reader, length));
    }

    sealed class Correction(int length)
    {
        public readonly double[] Step = new double[length];
        public readonly double[] Change = new double[length];

        /// <summary>The inner product of the two.</summary>
        public double Curvature;

        public void Write(BinaryWriter writer)
        {
            writer.WriteVector(Step);
            writer.WriteVector(Change);
            writer.Write(Curvature);
        }

        public static Correction Read(BinaryReader reader, int length)
        {
            var correction = new Correction(length);
            reader.ReadVector(correction.Step);
            reader.ReadVector(correction.Change);
            correction.Curvature = reader.ReadDouble();
            return correction;
        }
    }
}
