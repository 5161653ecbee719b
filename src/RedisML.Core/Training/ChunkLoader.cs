using System.Runtime.CompilerServices;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Expressions;
using RedisML.Features;

namespace RedisML.Training;

/// <summary>The first pass over chunks: decodes them, leaves rows out, and takes the statistics of the others. Workers share it.</summary>
internal sealed class ChunkLoader(FeaturePlan plan, TrainingSpecification specification)
{
    readonly bool _classify = plan.IsClassification;

    public LoadedChunk Load(RecordBatch batch, long firstRow)
    {
        using var columns = new BatchColumns(batch, plan.Derived);
        var label = columns[specification.Label];
        if (_classify) label = Categories.Of(label, plan.LabelType);
        var features = new ColumnVector[plan.Features.Count];
        for (int i = 0; i < features.Length; i++)
        {
            var (name, type, isCategory) = plan.Features[i];
            features[i] = isCategory ? Categories.Of(columns[name], type) : columns[name];
        }

        var drop = new bool[batch.Length];
        var weight = specification.SampleWeight is { } column ? (NumberVector)columns[column] : null;
        var (weightless, ignored) = weight is null ? (0, null) : Weightless(weight, drop);
        int labelMissing = Mark(label, drop, ignored);
        int weightMissing = weight is null ? 0 : Mark(weight, drop, ignored);
        var scratch = specification.Missing == MissingPolicy.Drop ? drop : new bool[batch.Length];
        var featureMissing = System.Array.ConvertAll(features, feature => Mark(feature, scratch, ignored));
        var kept = Kept(drop);

        int blocks = BlockPartition.CountOf(batch.Length, BlockPartition.BlockRows(plan.NumberCount));
        var rows = new TrainingChunk(firstRow, kept.Length, blocks, plan.NumberCount, plan.Features.Count - plan.NumberCount);
        if (weight is not null) Gather(weight.Values, kept, rows.Weights = new double[kept.Length]);
        var moments = new List<ColumnMoments>();
        var levels = new List<ChunkLevels>();
        for (int i = 0; i < features.Length; i++)
        {
            if (features[i] is TextVector text)
            {
                levels.Add(Take(text, kept, rows, levels.Count));
            }
            else
            {
                moments.Add(Take((NumberVector)features[i], kept, rows, moments.Count, plan.Features[i].Column));
            }
        }
        var loaded = new LoadedChunk
        {
            Rows = rows,
            Moments = [.. moments],
            Levels = [.. levels],
            Dropped = batch.Length - kept.Length - weightless,
            Weightless = weightless,
            LabelMissing = labelMissing,
            WeightMissing = weightMissing,
            FeatureMissing = featureMissing,
        };
        return label is TextVector classes
            ? loaded with { LabelLevels = TakeClasses(classes, kept, rows) }
            : loaded with { LabelMoments = TakeTargets((NumberVector)label, kept, rows) };
    }

    /// <summary>Marks the rows of weight 0, which change nothing: neither what they hold counts nor what they lack.</summary>
    /// <returns>Their number, and the same marks; null where there are none.</returns>
    (int Rows, bool[]? Marks) Weightless(NumberVector weight, bool[] drop)
    {
        SampleWeights.Check(weight.Values, specification.SampleWeight!);
        for (int i = 0; i < drop.Length; i++) drop[i] = weight.Values[i] == 0;
        int count = drop.AsSpan().Count(true);
        return count == 0 ? (0, null) : (count, [.. drop]);
    }

    /// <summary>Marks the rows in which a column is missing.</summary>
    /// <param name="ignored">Rows that don't count; null where all do.</param>
    /// <returns>The number of those rows.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Mark(ColumnVector column, bool[] rows, bool[]? ignored)
    {
        int missing = 0;
        if (column is TextVector text)
        {
            var codes = text.Codes;
            for (int i = 0; i < codes.Length; i++)
            {
                if (codes[i] >= 0 || ignored is not null && ignored[i]) continue;
                rows[i] = true;
                missing++;
            }
        }
        else
        {
            var values = ((NumberVector)column).Values;
            for (int i = 0; i < values.Length; i++)
            {
                if (!double.IsNaN(values[i]) || ignored is not null && ignored[i]) continue;
                rows[i] = true;
                missing++;
            }
        }
        return missing;
    }

    /// <summary>The indices of the rows that stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int[] Kept(bool[] drop)
    {
        var kept = new int[drop.AsSpan().Count(false)];
        for (int i = 0, next = 0; next < kept.Length; i++)
        {
            if (!drop[i]) kept[next++] = i;
        }
        return kept;
    }

    static ColumnMoments Take(NumberVector column, int[] kept, TrainingChunk rows, int index, string name)
    {
        var moments = new ColumnMoments();
        for (int block = 0; block < rows.Blocks.Count; block++)
        {
            var target = rows.Number(block, index);
            Gather(column.Values, kept.AsSpan(rows.Blocks.Start(block), target.Length), target);
            moments = moments.Merge(ColumnMoments.Of(target, rows.BlockTargets(block).Weights));
        }
        return moments.IsFinite ? moments : throw FeatureFit.Infinite(name);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static ChunkLevels Take(TextVector column, int[] kept, TrainingChunk rows, int index)
    {
        var sums = new double[column.Levels.Count];
        double missing = 0;
        for (int block = 0; block < rows.Blocks.Count; block++)
        {
            var target = rows.Category(block, index);
            Gather(column.Codes, kept.AsSpan(rows.Blocks.Start(block), target.Length), target);
            var weights = rows.BlockTargets(block).Weights;
            for (int row = 0; row < target.Length; row++)
            {
                double weight = weights.IsEmpty ? 1 : weights[row];
                if (target[row] < 0) missing += weight;
                else sums[target[row]] += weight;
            }
        }
        return new(column.Levels, sums, missing);
    }

    ColumnMoments TakeTargets(NumberVector label, int[] kept, TrainingChunk rows)
    {
        Gather(label.Values, kept, rows.Labels);
        var moments = new ColumnMoments();
        for (int block = 0; block < rows.Blocks.Count; block++)
            moments = moments.Merge(ColumnMoments.Of(rows.BlockLabels(block), rows.BlockTargets(block).Weights));
        return moments.IsFinite ? moments : throw FeatureFit.Infinite(specification.Label);
    }

    static ChunkLevels TakeClasses(TextVector label, int[] kept, TrainingChunk rows)
    {
        var sums = new double[label.Levels.Count];
        for (int i = 0; i < kept.Length; i++)
        {
            int code = label.Codes[kept[i]];
            rows.Labels[i] = code;
            sums[code] += rows.Weights?[i] ?? 1;
        }
        return new(label.Levels, sums, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> indices, Span<T> target)
    {
        for (int i = 0; i < indices.Length; i++) target[i] = source[indices[i]];
    }
}
