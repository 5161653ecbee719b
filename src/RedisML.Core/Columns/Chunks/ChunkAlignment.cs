using Apache.Arrow;
using RedisML.Columns.Builders;

namespace RedisML.Columns.Chunks;

/// <summary>Gives a chunk the columns of its dataset: other rows that were appended may have had more, or another order.</summary>
static class ChunkAlignment
{
    public static RecordBatch Align(RecordBatch batch, IReadOnlyList<ColumnSchema> columns)
    {
        var fields = batch.Schema.FieldsList;
        if (fields.Count == columns.Count && fields.Zip(columns).All(p => p.First.Name == p.Second.Name)) return batch;
        var arrays = columns.Select(c => batch.Schema.GetFieldIndex(c.Name) is >= 0 and var i ? batch.Column(i) : Missing(c, batch.Length))
            .ToList();
        return new(new Schema(columns.Zip(arrays, (c, a) => new Field(c.Name, a.Data.DataType, nullable: true)), null), arrays,
            batch.Length);
    }

    static IArrowArray Missing(ColumnSchema column, int rows)
    {
        var builder = ColumnBuilder.Create(column.Type);
        for (int i = 0; i < rows; i++) builder.AppendNull();
        return builder.Build().Array;
    }
}
