using Apache.Arrow;
using RedisML.Datasets.Columns;

namespace RedisML.Datasets.Chunks;

/// <summary>Gives a chunk the columns of its dataset: other rows that were appended may have had more, or another order.</summary>
static class ChunkAlignment
{
    public static RecordBatch Align(RecordBatch batch, Dataset dataset)
    {
        var fields = batch.Schema.FieldsList;
        if (fields.Count == dataset.Columns.Count && fields.Zip(dataset.Columns).All(p => p.First.Name == p.Second.Name)) return batch;
        var arrays = dataset.Columns.Select(c => batch.Schema.GetFieldIndex(c.Name) is >= 0 and var i ? batch.Column(i) : Missing(c.Schema, batch.Length)).ToList();
        return new(new Schema(dataset.Columns.Zip(arrays, (c, a) => new Field(c.Name, a.Data.DataType, nullable: true)), null), arrays, batch.Length);
    }

    static IArrowArray Missing(ColumnSchema column, int rows)
    {
        var builder = ColumnBuilder.Create(column.Type);
        for (int i = 0; i < rows; i++) builder.AppendNull();
        return builder.Build().Array;
    }
}
