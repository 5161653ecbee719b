using System.Collections.Concurrent;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Columns.Chunks;
using RedisML.Datasets;
using RedisML.Errors;

namespace RedisML.Prediction;

/// <summary>Makes a chunk of predictions of a chunk of rows. For several threads.</summary>
sealed class PredictionChunks
{
    readonly IPredictor _predictor;
    readonly Dataset _source;
    readonly int[] _kept;
    readonly PredictionColumns _columns;
    readonly ConcurrentBag<ColumnBuilder[]> _builders = [];

    /// <exception cref="RedisMLException"><c>ColumnNotFound</c>; <c>ColumnExists</c>: one to be kept has a name that predictions have;
    /// <c>SignatureMismatch</c>, <c>ThresholdNotBinary</c>.</exception>
    public PredictionChunks(IPredictor predictor, Dataset source, PredictionOptions options)
    {
        (_predictor, _source) = (predictor, source);
        _columns = new(predictor.Signature, options);
        predictor.Signature.Check(source.Columns.ToDictionary(c => c.Name, c => (ColumnType?)c.Type, StringComparer.Ordinal),
            withLabel: false);
        var names = source.Columns.Select(c => c.Name).ToList();
        _kept = [.. options.KeepColumns.Select(name => names.IndexOf(source.Column(name).Name))];
        if (options.KeepColumns.FirstOrDefault(_columns.Names.Contains) is { } taken)
            throw new RedisMLException("ColumnExists", ErrorKind.ResourceExists,
                $"Column '{taken}' of dataset '{source.Name}' can't be kept beside the prediction, which has that name.", taken);
        Schema = [.. _kept.Select(index => source.Columns[index].Schema), .. _columns.Schema];
    }

    /// <summary>The columns kept, then what is said of a row.</summary>
    public IReadOnlyList<ColumnSchema> Schema { get; }

    /// <param name="counts">Is told of what training didn't see.</param>
    public EncodedChunk Encode(DatasetChunk chunk, PredictionCounts counts)
    {
        using var rows = RowBatch.Of(chunk);
        var predictions = _predictor.Predict(rows);
        counts.Add(predictions);
        if (!_builders.TryTake(out var builders)) builders = [.. _columns.Schema.Select(column => ColumnBuilder.Create(column.Type))];
        _columns.Append(predictions, builders);
        var built = builders.Select(builder => builder.Build()).ToArray();
        var arrays = _kept.Select(chunk.Batch.Column).Concat(built.Select(column => column.Array)).ToArray();
        var batch = new RecordBatch(
            new Schema(Schema.Zip(arrays, (column, array) => new Field(column.Name, array.Data.DataType, nullable: true)), null), arrays,
            chunk.Rows);
        var data = ChunkCodec.Encode(batch, _source.Compression);
        var encoded = new EncodedChunk(data, chunk.Rows, ChunkCodec.BufferBytes(batch), ChunkCodec.Checksum(data.WrittenMemory.Span),
            [.. _kept.Select(column => StatisticsOf(chunk, column)), .. built.Select(column => column.Statistics)]);
        foreach (var builder in builders) builder.Reset();
        _builders.Add(builders);
        return encoded;
    }

    /// <summary>Of a column that is kept: where chunks don't tell theirs, those of all rows are given with the first.</summary>
    ColumnStatistics StatisticsOf(DatasetChunk chunk, int column) =>
        chunk.Statistics?[column] ?? (chunk.Index == 0 ? _source.Columns[column].Statistics : default);
}
