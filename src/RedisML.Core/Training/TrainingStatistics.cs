using RedisML.Features;

namespace RedisML.Training;

/// <summary>The statistics that fit the encoding, of the chunks whose first blocks fall into a leaf, or several.</summary>
/// <remarks>
/// They are merged in two stages, chunks into leaves and leaves into the whole, each in order: the bits are the same whichever node has
/// which leaves, and what nodes tell each other doesn't grow with the number of chunks.
/// </remarks>
internal sealed class TrainingStatistics(FeaturePlan plan, TrainingSpecification specification)
{
    /// <summary>Rows used.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows left out because a value was missing.</summary>
    public long Dropped { get; private set; }

    /// <summary>Rows left out because their weight is 0.</summary>
    public long Weightless { get; private set; }

    /// <summary>Rows in which the label is missing.</summary>
    public long LabelMissing { get; private set; }

    /// <summary>Rows in which the weight is missing.</summary>
    public long WeightMissing { get; private set; }

    /// <summary>For each feature, the rows in which it is missing.</summary>
    public long[] FeatureMissing { get; } = new long[plan.Features.Count];

    /// <summary>The least weight of a row; 1 where there are no weights.</summary>
    public double LeastWeight { get; private set; } = specification.SampleWeight is null ? 1 : double.PositiveInfinity;

    /// <summary>The moments of each numeric feature.</summary>
    public ColumnMoments[] Moments { get; } = new ColumnMoments[plan.NumberCount];

    /// <summary>The moments of the label, for regression.</summary>
    public ColumnMoments LabelMoments { get; private set; }

    /// <summary>The levels of each category.</summary>
    public LevelWeights[] Levels { get; } = [.. plan.Features.Where(f => f.IsCategory).Select(f => new LevelWeights(f.Column, f.Type))];

    /// <summary>The classes of the label, for classification.</summary>
    public LevelWeights Classes { get; } = new(specification.Label, plan.LabelType);

    public void Add(LoadedChunk chunk)
    {
        Rows += chunk.Rows.Blocks.Rows;
        Dropped += chunk.Dropped;
        Weightless += chunk.Weightless;
        if (chunk.Rows.Weights is { Length: > 0 } weights) LeastWeight = Math.Min(LeastWeight, weights.Min());
        LabelMissing += chunk.LabelMissing;
        WeightMissing += chunk.WeightMissing;
        for (int i = 0; i < FeatureMissing.Length; i++) FeatureMissing[i] += chunk.FeatureMissing[i];
        for (int i = 0; i < Moments.Length; i++) Moments[i] = Moments[i].Merge(chunk.Moments[i]);
        LabelMoments = LabelMoments.Merge(chunk.LabelMoments);
        for (int i = 0; i < Levels.Length; i++) Levels[i].Add(chunk.Levels[i]);
        if (chunk.LabelLevels.Names is not null) Classes.Add(chunk.LabelLevels);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        writer.Write(Dropped);
        writer.Write(Weightless);
        writer.Write(LeastWeight);
        writer.Write(LabelMissing);
        writer.Write(WeightMissing);
        foreach (long missing in FeatureMissing) writer.Write(missing);
        foreach (var moments in Moments) Write(writer, moments);
        Write(writer, LabelMoments);
        foreach (var levels in Levels) Write(writer, levels);
        Write(writer, Classes);
    }

    /// <summary>Adds what <see cref="Write(BinaryWriter)"/> wrote.</summary>
    public void Add(BinaryReader reader)
    {
        Rows += reader.ReadInt64();
        Dropped += reader.ReadInt64();
        Weightless += reader.ReadInt64();
        LeastWeight = Math.Min(LeastWeight, reader.ReadDouble());
        LabelMissing += reader.ReadInt64();
        WeightMissing += reader.ReadInt64();
        for (int i = 0; i < FeatureMissing.Length; i++) FeatureMissing[i] += reader.ReadInt64();
        for (int i = 0; i < Moments.Length; i++) Moments[i] = Moments[i].Merge(ReadMoments(reader));
        LabelMoments = LabelMoments.Merge(ReadMoments(reader));
        foreach (var levels in Levels) levels.Add(ReadLevels(reader));
        Classes.Add(ReadLevels(reader));
    }

    static void Write(BinaryWriter writer, in ColumnMoments moments)
    {
        writer.Write(moments.Count);
        writer.Write(moments.Missing);
        writer.Write(moments.Weight);
        writer.Write(moments.Mean);
        writer.Write(moments.M2);
        writer.Write(moments.Minimum);
        writer.Write(moments.Maximum);
    }

    static ColumnMoments ReadMoments(BinaryReader reader) =>
        new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(),
            reader.ReadDouble());

    static void Write(BinaryWriter writer, LevelWeights levels)
    {
        writer.Write(levels.Missing);
        writer.Write(levels.Weights.Count);
        foreach (var (name, weight) in levels.Weights)
        {
            writer.Write(name);
            writer.Write(weight);
        }
    }

    static ChunkLevels ReadLevels(BinaryReader reader)
    {
        double missing = reader.ReadDouble();
        var names = new string[reader.ReadInt32()];
        var weights = new double[names.Length];
        for (int i = 0; i < names.Length; i++) (names[i], weights[i]) = (reader.ReadString(), reader.ReadDouble());
        return new(names, weights, missing);
    }
}
