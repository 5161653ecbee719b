using RedisML.Evaluation;

namespace RedisML.Unit.Evaluation;

public sealed class PoissonDevianceTests
{
    /// <summary>Chunks are measured one by one: merged, they give what all rows at once give.</summary>
    [Fact]
    public void Deviance_over_chunks_is_that_over_all_rows()
    {
        double[] labels = [0, 1, 2, 5, 9, 0, 3, 1], predictions = [0.4, 1.5, 1.7, 4, 10, 0.2, 2, 2.5];
        PoissonDeviance whole = new(), merged = new();
        for (int i = 0; i < labels.Length; i++) whole.Add(labels[i], predictions[i], 1);
        foreach (var (start, end) in new[] { (0, 3), (3, 7), (7, 8) })
        {
            var chunk = new PoissonDeviance();
            for (int i = start; i < end; i++) chunk.Add(labels[i], predictions[i], 1);
            merged.Merge(chunk);
        }
        Assert.Equal(whole.Mean(labels.Length)!.Value, merged.Mean(labels.Length)!.Value, 1e-12);
        Assert.Equal(whole.Explained(labels.Length)!.Value, merged.Explained(labels.Length)!.Value, 1e-12);
    }

    [Fact]
    public void A_negative_label_in_any_chunk_leaves_it_undefined()
    {
        PoissonDeviance first = new(), next = new();
        first.Add(1, 1, 1);
        next.Add(-1, 1, 1);
        first.Merge(next);
        Assert.Null(first.Mean(2));
        Assert.Null(first.Explained(2));
    }
}
