using System.Numerics;
using Apache.Arrow;
using Parquet;
using Parquet.Data;
using Parquet.Schema;
using RedisML.Datasets;
using RedisML.Datasets.Columns;

namespace RedisML.Formats.Parquet;

/// <summary>Writes a Parquet file; some chunks together make a row group.</summary>
sealed class ParquetRowWriter : RowWriter
{
    const int GroupRows = 1 << 17;
    const long GroupBytes = 64 << 20;

    readonly IReadOnlyList<ColumnSchema> _schema;
    readonly ParquetSchema _parquet;
    readonly Stream _stream;
    readonly ColumnBuilder[] _columns;
    long _bytes;
    ParquetWriter? _writer;

    public ParquetRowWriter(Stream stream, IReadOnlyList<ColumnSchema> schema)
    {
        (_stream, _schema) = (stream, schema);
        _parquet = new([.. schema.Select(c => FieldOf(c.Name, c.Type))]);
        _columns = [.. schema.Select(c => ColumnBuilder.Create(c.Type))];
    }

    public override async Task WriteAsync(IReadOnlyList<IArrowArray> columns, int start, int count, CancellationToken cancellation)
    {
        for (int i = 0; i < columns.Count; i++) _columns[i].AppendRange(columns[i], start, count);
        _bytes += columns.Sum(c => c.Data.Buffers.Sum(b => (long)b.Length));
        if (_columns[0].Count >= GroupRows || _bytes >= GroupBytes) await WriteGroupAsync(cancellation).ConfigureAwait(false);
    }

    public override async Task EndAsync(CancellationToken cancellation)
    {
        await WriteGroupAsync(cancellation).ConfigureAwait(false);
        if (_writer is not null) await _writer.DisposeAsync().ConfigureAwait(false);
        _writer = null;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_writer is not null) await _writer.DisposeAsync().ConfigureAwait(false);
    }

    async Task WriteGroupAsync(CancellationToken cancellation)
    {
        _writer ??= await ParquetWriter.CreateAsync(_parquet, _stream, new() { CompressionMethod = CompressionMethod.Snappy }, append: false, cancellation).ConfigureAwait(false);
        if (_columns[0].Count == 0) return;
        using var group = _writer.CreateRowGroup();
        for (int i = 0; i < _columns.Length; i++)
        {
            await WriteColumnAsync(group, _parquet.DataFields[i], _schema[i], _columns[i].Build().Array, cancellation).ConfigureAwait(false);
            _columns[i].Reset();
        }
        group.CompleteValidate();
        _bytes = 0;
    }

    static global::Parquet.Schema.Field FieldOf(string name, ColumnType type) => type.Kind switch
    {
        TypeKind.Utf8 => new DataField(name, typeof(string), isNullable: true),
        TypeKind.Binary => new DataField(name, typeof(byte[]), isNullable: true),
        TypeKind.Decimal128 => new BigDecimalDataField(name, type.Precision, type.Scale, isNullable: true),
        TypeKind.Date32 => new DateTimeDataField(name, DateTimeFormat.Date, isNullable: true),
        TypeKind.Timestamp => new DateTimeDataField(name, DateTimeFormat.Timestamp, type.Zone is not null, type.Unit switch
        {
            TimestampUnit.Nanosecond => DateTimeTimeUnit.Nanos,
            TimestampUnit.Microsecond => DateTimeTimeUnit.Micros,
            _ => DateTimeTimeUnit.Millis,
        }, isNullable: true),
        TypeKind.List => new ListField(name, new DataField("element", ClrType(type.Element), isNullable: true)),
        var kind => new DataField(name, ClrType(kind), isNullable: true),
    };

    static Type ClrType(TypeKind kind) => kind switch
    {
        TypeKind.Int8 => typeof(sbyte),
        TypeKind.Int16 => typeof(short),
        TypeKind.Int32 => typeof(int),
        TypeKind.Int64 => typeof(long),
        TypeKind.UInt8 => typeof(byte),
        TypeKind.UInt16 => typeof(ushort),
        TypeKind.UInt32 => typeof(uint),
        TypeKind.UInt64 => typeof(ulong),
        TypeKind.Float32 => typeof(float),
        TypeKind.Float64 => typeof(double),
        _ => typeof(bool),
    };

    static Task WriteColumnAsync(ParquetRowGroupWriter group, DataField field, ColumnSchema column, IArrowArray array, CancellationToken cancellation)
    {
        var type = column.Type;
        switch (type.Kind)
        {
            case TypeKind.Utf8:
                return group.WriteAsync(field, Enumerable.Range(0, array.Length).Select(i => (string)ArrowValues.GetObject(array, i, type)!).ToArray());
            case TypeKind.Binary:
                return group.WriteAsync(field, Enumerable.Range(0, array.Length).Select(i => (byte[])ArrowValues.GetObject(array, i, type)!).ToArray());
            case TypeKind.Decimal128:
                return Write(i => ArrowValues.TryGetDecimal(array, i, out var v) ? new BigDecimal((BigInteger)v.Unscaled, type.Precision, type.Scale) : default);
            case TypeKind.Date32:
                return Write(i => DateTime.UnixEpoch.AddDays(((Date32Array)array).Values[i]));
            case TypeKind.Timestamp:
                return Write(i => ToDateTime(((TimestampArray)array).Values[i], column));
            case TypeKind.List:
                return WriteListAsync(group, field, array, type.Element, cancellation);
            case TypeKind.Boolean:
                return Write(i => ((BooleanArray)array).GetValue(i) == true);
            case TypeKind.UInt64:
                return Write(i => ((UInt64Array)array).Values[i]);
            case TypeKind.Float32:
                return Write(i => (float)Double(i));
            case TypeKind.Float64:
                return Write(Double);
            case TypeKind.Int8: return Write(i => (sbyte)Integer(i));
            case TypeKind.Int16: return Write(i => (short)Integer(i));
            case TypeKind.Int32: return Write(i => (int)Integer(i));
            case TypeKind.UInt8: return Write(i => (byte)Integer(i));
            case TypeKind.UInt16: return Write(i => (ushort)Integer(i));
            case TypeKind.UInt32: return Write(i => (uint)Integer(i));
            default: return Write(Integer);
        }

        long Integer(int row) => ArrowValues.TryGetInt64(array, row, out long value) ? value : 0;

        double Double(int row) => ArrowValues.TryGetDouble(array, row, out double value) ? value : 0;

        Task Write<T>(Func<int, T> get) where T : struct
        {
            var values = new T?[array.Length];
            for (int i = 0; i < values.Length; i++) values[i] = array.IsNull(i) ? null : get(i);
            return group.WriteAsync<T>(field, values, null, null, cancellation);
        }
    }

    /// <summary>The library takes times in steps of 100 ns.</summary>
    static DateTime ToDateTime(long value, ColumnSchema column)
    {
        long perSecond = TimestampUnits.PerSecond(column.Type.Unit);
        var ticks = perSecond > TimeSpan.TicksPerSecond ? (Int128)value / (perSecond / TimeSpan.TicksPerSecond) : (Int128)value * (TimeSpan.TicksPerSecond / perSecond);
        if (perSecond > TimeSpan.TicksPerSecond && value % (perSecond / TimeSpan.TicksPerSecond) != 0
            || ticks < DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks || ticks > DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks)
            throw new RedisMLException("TimestampOutOfRange", ErrorKind.InvalidData,
                $"Column '{column.Name}' has a timestamp ({value} since 1970, {column.Type}) that is finer than 100 ns or out of the years 1 to 9999; export to Arrow.", column.Name);
        return new(DateTime.UnixEpoch.Ticks + (long)ticks, column.Type.Zone is null ? DateTimeKind.Unspecified : DateTimeKind.Utc);
    }

    static Task WriteListAsync(ParquetRowGroupWriter group, DataField field, IArrowArray array, TypeKind element, CancellationToken cancellation)
    {
        int present = field.MaxDefinitionLevel;
        var definition = new List<int>();
        var repetition = new List<int>();
        var places = new List<int>();
        IArrowArray? values = null;
        for (int row = 0; row < array.Length; row++)
        {
            (values, int start, int count) = ArrowValues.ListAt(array, row);
            if (array.IsNull(row) || count == 0)
            {
                definition.Add(array.IsNull(row) ? 0 : 1);
                repetition.Add(0);
                continue;
            }
            for (int i = start; i < start + count; i++)
            {
                definition.Add(values.IsNull(i) ? present - 1 : present);
                repetition.Add(i == start ? 0 : 1);
                if (values.IsValid(i)) places.Add(i);
            }
        }
        return element switch
        {
            TypeKind.Int8 => Write(i => (sbyte)Integer(i)),
            TypeKind.Int16 => Write(i => (short)Integer(i)),
            TypeKind.Int32 => Write(i => (int)Integer(i)),
            TypeKind.Int64 => Write(Integer),
            TypeKind.UInt8 => Write(i => (byte)Integer(i)),
            TypeKind.UInt16 => Write(i => (ushort)Integer(i)),
            TypeKind.UInt32 => Write(i => (uint)Integer(i)),
            TypeKind.UInt64 => Write(i => ((UInt64Array)values!).Values[i]),
            TypeKind.Float32 => Write(i => (float)Double(i)),
            _ => Write(Double),
        };

        long Integer(int place) => ArrowValues.TryGetInt64(values!, place, out long value) ? value : 0;

        double Double(int place) => ArrowValues.TryGetDouble(values!, place, out double value) ? value : 0;

        Task Write<T>(Func<int, T> get) where T : struct => group.WriteAllPartsAsync<T>(
            field, places.Select(get).ToArray(), definition.ToArray(), repetition.ToArray(), cancellation);
    }
}
