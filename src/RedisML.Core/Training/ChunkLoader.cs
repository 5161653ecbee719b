using System.Runtime.CompilerServices;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Errors;
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
        int labelMissing = Mark(label, drop);
        var weight = specification.SampleWeight is { } column ? (NumberVector)columns[column] : null;
        if (weight is not null) labelMissing = Math.Max(labelMissing, Mark(weight, drop));
        var scratch = specification.Missing == MissingPolicy.Drop ? drop : new bool[batch.Length];
        var featureMissing = System.Array.ConvertAll(features, feature => Mark(feature, scratch));
        var kept = Kept(drop);

        int blocks = BlockPartition.CountOf(batch.Length, BlockPartition.BlockRows(plan.NumberCount));
        var rows = new TrainingChunk(firstRow, kept.Length, blocks, plan.NumberCount, plan.Features.Count - plan.NumberCount);
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
            Dropped = batch.Length - kept.Length,
            LabelMissing = labelMissing,
            LabelWeights = [],
            FeatureMissing = featureMissing,
        };
        if (weight is not null) TakeWeights(weight, kept, rows);
        if (label is not TextVector classes)
            return loaded with { LabelMoments = TakeTargets((NumberVector)label, kept, rows), LabelWeights = [rows.Weights?.Sum() ?? kept.Length] };
        loaded = loaded with { LabelLevels = TakeClasses(classes, kept, rows) };
        return loaded with { LabelWeights = SumByClass(classes.Levels.Count, rows) };
    }

    /// <summary>Marks the rows in which a column is missing.</summary>
    /// <returns>Their number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Mark(ColumnVector column, bool[] rows)
    {
        int missing = 0;
        if (column is TextVector text)
        {
            var codes = text.Codes;
            for (int i = 0; i < codes.Length; i++)
            {
                if (codes[i] >= 0) continue;
                rows[i] = true;
                missing++;
            }
        }
        else
        {
            var values = ((NumberVector)column).Values;
            for (int i = 0; i < values.Length; i++)
            {
                if (!double.IsNaN(values[i])) continue;
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
            moments = moments.Merge(ColumnMoments.Of(target));
        }
        return moments.IsFinite ? moments : throw Infinite(name);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static ChunkLevels Take(TextVector column, int[] kept, TrainingChunk rows, int index)
    {
        var counts = new long[column.Levels.Count];
        long missing = 0;
        for (int block = 0; block < rows.Blocks.Count; block++)
        {
            var target = rows.Category(block, index);
            Gather(column.Codes, kept.AsSpan(rows.Blocks.Start(block), target.Length), target);
            foreach (int code in target)
            {
                if (code < 0) missing++;
                else counts[code]++;
            }
        }
        return new(column.Levels, counts, missing);
    }

    ColumnMoments TakeTargets(NumberVector label, int[] kept, TrainingChunk rows)
    {
        Gather(label.Values, kept, rows.Labels);
        var moments = new ColumnMoments();
        for (int block = 0; block < rows.Blocks.Count; block++) moments = moments.Merge(ColumnMoments.Of(rows.BlockLabels(block)));
        return moments.IsFinite ? moments : throw Infinite(specification.Label);
    }

    static ChunkLevels TakeClasses(TextVector label, int[] kept, TrainingChunk rows)
    {
        var counts = new long[label.Levels.Count];
        for (int i = 0; i < kept.Length; i++)
        {
            int code = label.Codes[kept[i]];
            rows.Labels[i] = code;
            counts[code]++;
        }
        return new(label.Levels, counts, 0);
    }

    void TakeWeights(NumberVector column, int[] kept, TrainingChunk rows)
    {
        var weights = new double[kept.Length];
        Gather(column.Values, kept, weights);
        foreach (double weight in weights)
        {
            if (weight >= 0 && double.IsFinite(weight)) continue;
            throw new RedisMLException("WeightInvalid", ErrorKind.InvalidData,
                $"Column '{specification.SampleWeight}' has the weight {weight}; a row can't count less than 0, nor without end.", specification.SampleWeight);
        }
        rows.Weights = weights;
    }

    static double[] SumByClass(int classes, TrainingChunk rows)
    {
        var sums = new double[classes];
        for (int row = 0; row < rows.Labels.Length; row++) sums[(int)rows.Labels[row]] += rows.Weights?[row] ?? 1;
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> indices, Span<T> target)
    {
        for (int i = 0; i < indices.Length; i++) target[i] = source[indices[i]];
    }

    public static RedisMLException Infinite(string column) => new("InfiniteValue", ErrorKind.InvalidData,
        $"Column '{column}' has an infinite value, or one too large to be squared; filter or derive it.", column);
}
