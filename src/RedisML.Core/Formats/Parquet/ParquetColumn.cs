using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Apache.Arrow;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Data;
using Parquet.Schema;
using RedisML.Datasets;
using RedisML.Datasets.Columns;
using RedisML.Formats.Arrow;

namespace RedisML.Formats.Parquet;

/// <summary>A column of a Parquet file: its type, and how its values become an Arrow array.</summary>
/// <param name="field">What is read: instead of the library's dates and times, the integers that the file holds, which lose nothing.</param>
abstract class ParquetColumn(string name, DataField field, ColumnType type)
{
    public string Name { get; } = name;

    public ColumnType Type { get; } = type;

    public IArrowType ArrowType { get; } = ArrowTypes.Of(type);

    protected DataField Field { get; } = field;

    /// <exception cref="RedisMLException"><c>UnsupportedColumnType</c></exception>
    public static ParquetColumn Of(global::Parquet.Schema.Field field, string path) => field switch
    {
        DataField { IsArray: false } data when Flat(data) is { } column => column,
        ListField { Item: DataField { IsArray: false } item } list when NumberType(item.ClrType) is { Kind: <= TypeKind.Float64 } element => List(list.Name, item, element),
        _ => throw new RedisMLException("UnsupportedColumnType", ErrorKind.InvalidData,
            $"Column '{field.Name}' of '{path}' has a type ({(field as DataField)?.ClrType.Name ?? field.SchemaType.ToString()}) that datasets don't have; write the file without it.", field.Name),
    };

    /// <param name="memory">Where the array may lie.</param>
    public abstract Task<IArrowArray> ReadAsync(ParquetRowGroupReader group, RentedMemory memory, CancellationToken cancellation);

    static ParquetColumn? Flat(DataField field)
    {
        switch (field)
        {
            case DateTimeDataField { DateTimeFormat: DateTimeFormat.Impala }:
                return new FlatColumn<DateTime, long>(field.Name, field, ColumnType.Timestamp(TimestampUnit.Nanosecond),
                    time => TimestampUnits.TryFromTicks(time.Ticks, TimestampUnit.Nanosecond, out long value) ? value : throw new InvalidDataException($"'{time:o}' doesn't fit 64 bits in nanoseconds."));
            case DateTimeDataField { DateTimeFormat: DateTimeFormat.Date }:
            case { ClrType: var type } when type == typeof(DateOnly):
                return new FlatColumn<int, int>(field.Name, As<int>(field), ColumnType.Date32, v => v);
            case DateTimeDataField time:
                var unit = time.DateTimeFormat switch
                {
                    DateTimeFormat.DateAndTime => TimestampUnit.Millisecond,
                    DateTimeFormat.DateAndTimeMicros => TimestampUnit.Microsecond,
                    _ => TimestampUnit.Millisecond + (int)time.Unit - (int)DateTimeTimeUnit.Millis,
                };
                bool isInstant = time.DateTimeFormat != DateTimeFormat.Timestamp || time.IsAdjustedToUTC;
                return new FlatColumn<long, long>(field.Name, As<long>(field), ColumnType.Timestamp(unit, isInstant ? "UTC" : null), v => v);
            case DecimalDataField { Precision: <= ColumnType.MaxPrecision } exact:
                return new FlatColumn<BigDecimal, Int128>(field.Name, field, ColumnType.Decimal128(exact.Precision, exact.Scale), v => Unscaled(v, exact.Scale));
        }
        if (NumberType(field.ClrType) is { } number) return Numbers(field.Name, field, number);
        return field.ClrType == typeof(bool) ? new BooleanColumn(field.Name, field)
            : field.ClrType == typeof(ReadOnlyMemory<char>) || field.ClrType == typeof(string) ? new BytesColumn(field.Name, As<byte[]>(field), ColumnType.Utf8)
            : field.ClrType == typeof(ReadOnlyMemory<byte>) || field.ClrType == typeof(byte[]) ? new BytesColumn(field.Name, field, ColumnType.Binary)
            : null;
    }

    static ColumnType? NumberType(Type type) =>
        type == typeof(sbyte) ? ColumnType.Int8 : type == typeof(short) ? ColumnType.Int16 : type == typeof(int) ? ColumnType.Int32 : type == typeof(long) ? ColumnType.Int64
        : type == typeof(byte) ? ColumnType.UInt8 : type == typeof(ushort) ? ColumnType.UInt16 : type == typeof(uint) ? ColumnType.UInt32 : type == typeof(ulong) ? ColumnType.UInt64
        : type == typeof(float) ? ColumnType.Float32 : type == typeof(double) ? ColumnType.Float64 : null;

    static ParquetColumn Numbers(string name, DataField field, ColumnType type) => type.Kind switch
    {
        TypeKind.Int8 => new FlatColumn<sbyte, sbyte>(name, field, type, v => v),
        TypeKind.Int16 => new FlatColumn<short, short>(name, field, type, v => v),
        TypeKind.Int32 => new FlatColumn<int, int>(name, field, type, v => v),
        TypeKind.Int64 => new FlatColumn<long, long>(name, field, type, v => v),
        TypeKind.UInt8 => new FlatColumn<byte, byte>(name, field, type, v => v),
        TypeKind.UInt16 => new FlatColumn<ushort, ushort>(name, field, type, v => v),
        TypeKind.UInt32 => new FlatColumn<uint, uint>(name, field, type, v => v),
        TypeKind.UInt64 => new FlatColumn<ulong, ulong>(name, field, type, v => v),
        TypeKind.Float32 => new FlatColumn<float, float>(name, field, type, v => v),
        _ => new FlatColumn<double, double>(name, field, type, v => v),
    };

    static ParquetColumn List(string name, DataField item, ColumnType element)
    {
        var type = ColumnType.List(element.Kind);
        return element.Kind switch
        {
            TypeKind.Int8 => new ListColumn<sbyte>(name, item, type),
            TypeKind.Int16 => new ListColumn<short>(name, item, type),
            TypeKind.Int32 => new ListColumn<int>(name, item, type),
            TypeKind.Int64 => new ListColumn<long>(name, item, type),
            TypeKind.UInt8 => new ListColumn<byte>(name, item, type),
            TypeKind.UInt16 => new ListColumn<ushort>(name, item, type),
            TypeKind.UInt32 => new ListColumn<uint>(name, item, type),
            TypeKind.UInt64 => new ListColumn<ulong>(name, item, type),
            TypeKind.Float32 => new ListColumn<float>(name, item, type),
            _ => new ListColumn<double>(name, item, type),
        };
    }

    /// <summary>The same column, read as the integers that it is stored as.</summary>
    static DataField As<T>(DataField field) => new ParquetSchema(new DataField(field.Name, typeof(T), field.IsNullable)).DataFields[0];

    static Int128 Unscaled(BigDecimal value, int scale) => (Int128)(value.UnscaledValue * BigInteger.Pow(10, scale - value.Scale));

    /// <summary>The levels at which a row's value is there; empty where every one is.</summary>
    protected ReadOnlySpan<int> Levels(RawColumnData data) => Field.MaxDefinitionLevel > 0 ? data.DefinitionLevels : [];

    /// <summary>The validity bitmap, and how many are missing, of rows that are there where their level is <paramref name="present"/> or more.</summary>
    protected static (ArrowBuffer Bitmap, int Missing) Validity(ReadOnlySpan<int> levels, int present)
    {
        if (levels.IndexOfAnyExceptInRange(present, int.MaxValue) < 0) return (ArrowBuffer.Empty, 0);
        int missing = 0;
        var bits = new byte[(levels.Length + 7) / 8];
        for (int i = 0; i < levels.Length; i++)
        {
            if (levels[i] >= present) bits[i >> 3] |= (byte)(1 << (i & 7));
            else missing++;
        }
        return (new(bits), missing);
    }

    protected static ArrowBuffer BufferOf<T>(ReadOnlySpan<T> values) where T : struct => new(MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Values of a fixed width.</summary>
    sealed class FlatColumn<TFile, T>(string name, DataField field, ColumnType type, Func<TFile, T> convert) : ParquetColumn(name, field, type)
        where TFile : struct where T : unmanaged
    {
        public override async Task<IArrowArray> ReadAsync(ParquetRowGroupReader group, RentedMemory memory, CancellationToken cancellation)
        {
            using var data = (RawColumnData<TFile>)await group.ReadRawColumnDataBaseAsync(Field, cancellation).ConfigureAwait(false);
            return ToArray(data, (int)group.RowCount, memory);
        }

        IArrowArray ToArray(RawColumnData<TFile> data, int rows, RentedMemory memory)
        {
            var levels = Levels(data);
            var (validity, missing) = Validity(levels, Field.MaxDefinitionLevel);
            var bytes = memory.Rent(rows * Marshal.SizeOf<T>());
            var values = MemoryMarshal.Cast<byte, T>(bytes.Span);
            var packed = data.Values;
            if (missing == 0 && typeof(TFile) == typeof(T)) MemoryMarshal.Cast<TFile, T>(packed[..rows]).CopyTo(values);
            else
            {
                for (int row = 0, next = 0; row < rows; row++)
                    values[row] = missing == 0 || levels[row] == Field.MaxDefinitionLevel ? convert(packed[next++]) : default;
            }
            return ArrowArrayFactory.BuildArray(new ArrayData(ArrowType, rows, missing, 0, [validity, new ArrowBuffer(bytes)]));
        }
    }

    sealed class BooleanColumn(string name, DataField field) : ParquetColumn(name, field, ColumnType.Boolean)
    {
        public override async Task<IArrowArray> ReadAsync(ParquetRowGroupReader group, RentedMemory memory, CancellationToken cancellation)
        {
            using var data = (RawColumnData<bool>)await group.ReadRawColumnDataBaseAsync(Field, cancellation).ConfigureAwait(false);
            var builder = new BooleanArray.Builder();
            int rows = (int)group.RowCount;
            for (int row = 0, next = 0; row < rows; row++)
            {
                if (Levels(data) is { IsEmpty: false } levels && levels[row] < Field.MaxDefinitionLevel) builder.AppendNull();
                else builder.Append(data.Values[next++]);
            }
            return builder.Build();
        }
    }

    /// <summary>Values of any length; text too is read as the bytes that the file has, which the library would make strings of.</summary>
    sealed class BytesColumn(string name, DataField field, ColumnType type) : ParquetColumn(name, field, type)
    {
        public override async Task<IArrowArray> ReadAsync(ParquetRowGroupReader group, RentedMemory memory, CancellationToken cancellation)
        {
            using var data = (RawColumnData<ReadOnlyMemory<byte>>)await group.ReadRawColumnDataBaseAsync(Field, cancellation).ConfigureAwait(false);
            return ToArray(data, (int)group.RowCount, memory);
        }

        IArrowArray ToArray(RawColumnData<ReadOnlyMemory<byte>> data, int rows, RentedMemory memory)
        {
            var levels = Levels(data);
            var (validity, missing) = Validity(levels, Field.MaxDefinitionLevel);
            var places = memory.Rent((rows + 1) * sizeof(int));
            var offsets = MemoryMarshal.Cast<byte, int>(places.Span);
            offsets[0] = 0;
            var values = data.Values;
            for (int row = 0, next = 0; row < rows; row++)
                offsets[row + 1] = checked(offsets[row] + (missing == 0 || levels[row] == Field.MaxDefinitionLevel ? values[next++].Length : 0));
            var bytes = memory.Rent(offsets[rows]);
            int length = 0;
            foreach (var value in values[..(rows - missing)])
            {
                value.Span.CopyTo(bytes.Span[length..]);
                length += value.Length;
            }
            if (Type == ColumnType.Utf8 && !Utf8.IsValid(bytes.Span)) throw new InvalidDataException($"column '{Name}' has text that isn't UTF-8.");
            return ArrowArrayFactory.BuildArray(new ArrayData(ArrowType, rows, missing, 0, [validity, new ArrowBuffer(places), new ArrowBuffer(bytes)]));
        }
    }

    /// <summary>Lists: levels tell where one starts, and which of their elements are there.</summary>
    sealed class ListColumn<T>(string name, DataField item, ColumnType type) : ParquetColumn(name, item, type) where T : unmanaged
    {
        public override async Task<IArrowArray> ReadAsync(ParquetRowGroupReader group, RentedMemory memory, CancellationToken cancellation)
        {
            using var data = (RawColumnData<T>)await group.ReadRawColumnDataBaseAsync(Field, cancellation).ConfigureAwait(false);
            return ToArray(data, (int)group.RowCount);
        }

        IArrowArray ToArray(RawColumnData<T> data, int rows)
        {
            int present = Field.MaxDefinitionLevel, elementLevel = present - (Field.IsNullable ? 1 : 0);
            ReadOnlySpan<int> definition = data.DefinitionLevels, repetition = data.RepetitionLevels;
            var offsets = new int[rows + 1];
            var rowLevels = new int[rows];
            var elementLevels = new List<int>(definition.Length);
            var elements = new List<T>(definition.Length);
            int row = -1, next = 0;
            for (int i = 0; i < definition.Length; i++)
            {
                if (repetition[i] == 0)
                {
                    rowLevels[++row] = definition[i];
                    offsets[row] = elements.Count;
                }
                if (definition[i] < elementLevel) continue;
                elementLevels.Add(definition[i]);
                elements.Add(definition[i] == present ? data.Values[next++] : default);
            }
            offsets[rows] = elements.Count;
            var (elementValidity, elementsMissing) = Validity(CollectionsMarshal.AsSpan(elementLevels), present);
            var child = new ArrayData(ArrowTypes.Of(Type.ElementType), elements.Count, elementsMissing, 0, [elementValidity, BufferOf<T>(CollectionsMarshal.AsSpan(elements))]);
            // Below the level of an empty list there is none.
            var (validity, missing) = Validity(rowLevels, elementLevel - 1);
            return new ListArray(new ArrayData(ArrowType, rows, missing, 0, [validity, BufferOf<int>(offsets)], [child]));
        }
    }
}
