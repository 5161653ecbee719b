using System.Runtime.CompilerServices;
using Apache.Arrow;
using RedisML.Features;
using RedisML.Models;

namespace RedisML.Training;

/// <summary>The first pass over chunks: decodes them, leaves rows out, and takes the statistics of the others. Workers share it.</summary>
internal sealed class ChunkLoader(FeaturePlan plan, TrainingSpecification specification)
{
    readonly bool _classify = specification.Algorithm != Algorithm.Linear;

    public LoadedChunk Load(RecordBatch batch)
    {
        var columns = new BatchColumns(batch, plan.Derived);
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
        var scratch = specification.Missing == MissingPolicy.Drop ? drop : new bool[batch.Length];
        var featureMissing = System.Array.ConvertAll(features, feature => Mark(feature, scratch));
        var kept = Kept(drop);

        var rows = new TrainingChunk(kept.Length, BlockPartition.CountOf(batch.Length, BlockPartition.BlockRows(plan.NumberCount)), plan.NumberCount, plan.Features.Count - plan.NumberCount);
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
            FeatureMissing = featureMissing,
        };
        if (label is not TextVector classes) return loaded with { LabelMoments = TakeTargets((NumberVector)label, kept, rows) };
        return loaded with { LabelLevels = TakeClasses(classes, kept, rows) };
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> indices, Span<T> target)
    {
        for (int i = 0; i < indices.Length; i++) target[i] = source[indices[i]];
    }

    public static RedisMLException Infinite(string column) => new("InfiniteValue", ErrorKind.InvalidData,
        $"Column '{column}' has an infinite value, or one too large to be squared; filter or derive it.", column);
}
