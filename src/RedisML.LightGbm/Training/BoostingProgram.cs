using System.Runtime.InteropServices;
using RedisML.Errors;
using RedisML.LightGbm.Native;
using RedisML.LightGbm.Trees;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.LightGbm.Training;

/// <summary>Trains by boosting, an iteration a step.</summary>
sealed class BoostingProgram(TrainingContext context) : TabularProgram(context)
{
    const string SampleRows = "bin_construct_sample_cnt";
    const int DefaultSampleRows = 200_000;

    /// <summary>What the sample may take in memory, of all nodes together.</summary>
    const long MaxSampleBytes = 256 << 20;

    protected override Solution Solve(TabularData data)
    {
        try
        {
            return LibraryThread.Run(Context.Workers, () => Boost(data));
        }
        catch (LightGbmException e)
        {
            throw new RedisMLException("LightGbmFailed", ErrorKind.InvalidData,
                $"LightGBM can't train on '{Context.Specification.Label}' with these options: {e.Message}", Context.Specification.Label, e);
        }
    }

    Solution Boost(TabularData data)
    {
        var options = new BoostingOptions(Context.Specification);
        var features = new FeatureRows(data.Pipeline);
        int classes = data.Pipeline.Label.Classes?.Count ?? 0;
        var specification = Context.Specification;
        var rows = new ShareRows(data, features,
            specification.SampleWeight is not null || specification.BalanceClasses || specification.ClassWeights.Count > 0);
        var state = new BoostingState();
        data.Exchange.Commit(state);
        if (state.Reference.Length == 0)
        {
            var parameters = options.ToParameters(classes, features.CategoricalColumns);
            state.SetReference(data.Exchange.Together(section => Reference(section, rows, data.Rows, features, parameters)));
            data.Exchange.Commit(state);
        }
        using var grower = new TreeGrower(data, rows, options, classes, features.CategoricalColumns);
        while (!state.IsFinished && state.Iterations < options.MaxTrees && !IsStale(state, options.Patience))
        {
            Context.ThrowIfStopping();
            state.Add(data.Exchange.Together(section => grower.Grow(section, state)));
            data.Exchange.Commit(state);
            data.Report(state.Iterations, state.Losses[^1], data.Rows * state.Iterations,
                state.ValidationLosses.Count > 0 ? state.ValidationLosses[^1] : double.NaN);
        }
        return ToSolution(state, data);
    }

    /// <summary>Whether so many iterations were no better than one before.</summary>
    static bool IsStale(BoostingState state, int patience) =>
        patience > 0 && state.ValidationLosses.Count > 0 && state.Iterations - 1 - state.Best >= patience;

    /// <summary>The bins, made by every node of the same rows: some of each.</summary>
    byte[] Reference(ISection section, ShareRows rows, long allRows, FeatureRows features, string parameters)
    {
        long wanted = Context.Options.Integer(SampleRows, DefaultSampleRows);
        double most = Math.Min(wanted, MaxSampleBytes / (sizeof(double) * features.Columns));
        var sample = rows.Sample(section.Share, most / allRows);
        if (section.Count > 1)
        {
            var (parts, _) = new SectionMessages(section).Exchange(MessageKind.Sample, MemoryMarshal.AsBytes(sample.AsSpan()));
            sample = [.. parts.SelectMany(part => MemoryMarshal.Cast<byte, double>(part.ToArray()).ToArray())];
        }
        return NativeDataset.Reference(sample, features.Columns, allRows, parameters);
    }

    Solution ToSolution(BoostingState state, TabularData data)
    {
        int best = state.Best;
        var text = ModelText.Parse(state.Template, "LightGbm");
        var trees = state.Trees.Take((best + 1) * text.Outputs).ToList();
        var read = trees.Select(tree => TreeText.Parse(tree, text.FeatureCount)).ToList();
        var names = ModelText.Names(data.Pipeline.Features.Select(feature => feature.Column));
        return new()
        {
            Parameters = LightGbmAlgorithm.ToParameters(
                text.Compose(trees, names, CategoryLevels.ToJson(data.Pipeline)), read, text.FeatureCount),
            Loss = state.Losses[best],
            ValidationLoss = state.ValidationLosses.Count == 0 ? null : state.ValidationLosses[best],
            Iterations = best + 1,
            Evaluations = state.Iterations,
        };
    }
}
