using System.Text.Unicode;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using ParquetSharp;
using ParquetSharp.Arrow;
using ParquetSharp.IO;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Formats;
using ArrowTimeUnit = Apache.Arrow.Types.TimeUnit;

namespace RedisML.Parquet;

/// <summary>An open Parquet file, read by Arrow's own reader, which decodes its columns side by side.</summary>
sealed class ParquetFile : IBatchReader
{
    /// <summary>Names, in a field's metadata, the column type that the file has no type for.</summary>
    public const string TypeKey = "redisml.type";

    /// <summary>How many bytes a batch takes in memory.</summary>
    const int BatchBytes = 16 << 20;

    /// <summary>And at most, whatever the file says.</summary>
    const long MostBatchBytes = 256L << 20;

    const int MinBatchRows = 2_048;

    const int MaxBatchRows = 1 << 17;

    /// <summary>Text that takes less than its length alone would take plainly is mostly codes of a dictionary.</summary>
    const int DictionaryBytes = sizeof(int);

    /// <summary>Seconds since 1970 that nanoseconds count in 64 bits.</summary>
    const long MaxNanosecondSeconds = long.MaxValue / 1_000_000_000 - 1;

    readonly ManagedRandomAccessFile _content;
    readonly FileReader _reader;
    readonly int[] _int96;
    readonly HashSet<string> _uuids;
    readonly long _batchRows;

    /// <param name="content">The file's content; it isn't closed.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or claims to hold what can't be.</exception>
    /// <exception cref="RedisMLException"><c>ParquetUnavailable</c></exception>
    public ParquetFile(Stream content)
    {
        var longest = PageClaims.Check(content);
        _content = ParquetLibrary.Read(() => new ManagedRandomAccessFile(content, leaveOpen: true));
        try
        {
            (_reader, Rows, _batchRows, _int96, _uuids) = ParquetLibrary.Read(() =>
            {
                using var metadata = new ParquetFileReader(_content);
                var columns = Enumerable.Range(0, metadata.FileMetaData.NumColumns).ToArray();
                using var properties = ArrowReaderProperties.GetDefault();
                long batchRows = BatchRows(metadata, longest);
                properties.BatchSize = batchRows;
                properties.PreBuffer = false;
                properties.UseThreads = true;
                foreach (int column in columns)
                    if (IsDictionary(metadata, column) || Repeats(metadata, column, longest.GetValueOrDefault(column), batchRows))
                        properties.SetReadDictionary(column, true);
                int[] int96 = [.. columns.Where(c => metadata.FileMetaData.Schema.Column(c).PhysicalType == PhysicalType.Int96)];
                HashSet<string> uuids =
                    [.. columns.Where(c => IsUuid(metadata, c)).Select(c => metadata.FileMetaData.Schema.Column(c).Name)];
                return (Open(_content, properties, columns.Length), metadata.FileMetaData.NumRows, batchRows, int96, uuids);
            });
        }
        catch
        {
            _content.Dispose();
            throw;
        }
    }

    public long Rows { get; }

    public Schema Schema => ParquetLibrary.Read(() =>
    {
        var schema = _reader.Schema;
        return new Schema(schema.FieldsList.Select(Declared), schema.Metadata);
    });

    /// <summary>The rows in order; whoever takes a batch disposes it.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, or has text that isn't UTF-8 or times that don't fit nanoseconds in 64 bits.
    /// </exception>
    public IEnumerable<RecordBatch> Batches()
    {
        CheckInt96();
        using var batches = ParquetLibrary.Read(() => _reader.GetRecordBatchReader());
        long rows = 0;
        while (Next(batches) is { } batch)
        {
            Check(batch);
            rows += batch.Length;
            yield return batch;
        }
        if (rows != Rows) throw new InvalidDataException($"it has {rows:N0} rows, and says that it has {Rows:N0}.");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _content.Dispose();
    }

    /// <remarks>Without a buffer of its own, it would read the whole of a column's part of a row group at once.</remarks>
    static FileReader Open(RandomAccessFile content, ArrowReaderProperties properties, int columns)
    {
        using var reading = ReaderProperties.GetDefaultReaderProperties();
        reading.EnableBufferedStream();
        reading.BufferSize = Math.Clamp(BatchBytes / Math.Max(1, columns), 1 << 14, 1 << 20);
        reading.EnablePageChecksumVerification();
        return new(content, reading, properties);
    }

    /// <param name="longest">Bytes that a value of a column's dictionaries has at most.</param>
    static long BatchRows(ParquetFileReader file, IReadOnlyDictionary<int, long> longest)
    {
        if (file.FileMetaData.NumRowGroups == 0) return MinBatchRows;
        using var group = file.RowGroup(0);
        long rowBytes = Math.Max(
            group.MetaData.TotalByteSize / Math.Max(1, group.MetaData.NumRows), sizeof(double) * (long)file.FileMetaData.NumColumns);
        // Bytes of a fixed number, of which codes can stand for more than the file has.
        long fixedBytes = Enumerable.Range(0, file.FileMetaData.NumColumns).Sum(column =>
            file.FileMetaData.Schema.Column(column) is { PhysicalType: PhysicalType.FixedLenByteArray } values ? values.TypeLength
                : file.FileMetaData.Schema.Column(column).PhysicalType == PhysicalType.ByteArray && !IsText(file, column)
                    ? longest.GetValueOrDefault(column) : 0);
        return Math.Min(Math.Clamp(BatchBytes / Math.Max(1, rowBytes), MinBatchRows, MaxBatchRows),
            Math.Max(1, MostBatchBytes / Math.Max(1, fixedBytes)));
    }

    static bool IsDictionary(ParquetFileReader file, int column)
    {
        if (file.FileMetaData.NumRowGroups == 0 || !IsText(file, column)) return false;
        using var group = file.RowGroup(0);
        using var chunk = group.MetaData.GetColumnChunkMetaData(column);
        return chunk.TotalUncompressedSize < DictionaryBytes * chunk.NumValues;
    }

    /// <summary>Whether codes may stand for more text than a batch may have: then they are read as codes.</summary>
    /// <param name="longest">Bytes that a value of the column's dictionaries has at most, as the sizes of their pages say.</param>
    bool Repeats(ParquetFileReader file, int column, long longest, long batchRows)
    {
        if (longest <= MostBatchBytes / batchRows || !IsText(file, column)) return false;
        using var properties = ArrowReaderProperties.GetDefault();
        properties.BatchSize = 1;
        properties.PreBuffer = false;
        properties.SetReadDictionary(column, true);
        using var reader = Open(_content, properties, 1);
        for (int group = 0; group < file.FileMetaData.NumRowGroups; group++)
        {
            // A batch of one row has the whole dictionary.
            using var batches = reader.GetRecordBatchReader([group], [column]);
            using var batch = Next(batches);
            if (batch?.Column(0) is DictionaryArray { Dictionary: StringArray texts } && LongestOf(texts) > MostBatchBytes / batchRows)
                return true;
        }
        return false;
    }

    static int LongestOf(StringArray texts)
    {
        int longest = 0;
        for (int i = 0; i < texts.Length; i++) longest = Math.Max(longest, texts.ValueOffsets[i + 1] - texts.ValueOffsets[i]);
        return longest;
    }

    static bool IsText(ParquetFileReader file, int column)
    {
        var descriptor = file.FileMetaData.Schema.Column(column);
        if (descriptor.PhysicalType != PhysicalType.ByteArray || descriptor.MaxRepetitionLevel > 0) return false;
        using var logical = descriptor.LogicalType;
        return logical.Type is LogicalTypeEnum.String;
    }

    static bool IsUuid(ParquetFileReader file, int column)
    {
        var descriptor = file.FileMetaData.Schema.Column(column);
        using var logical = descriptor.LogicalType;
        return logical.Type is LogicalTypeEnum.Uuid && descriptor.MaxRepetitionLevel == 0;
    }

    /// <summary>Seconds, which Parquet doesn't have, by a note of the writer; UUIDs by Arrow's canonical extension type.</summary>
    Field Declared(Field field) =>
        _uuids.Contains(field.Name) && field.DataType is FixedSizeBinaryType { ByteWidth: 16 } type
            ? new(field.Name, type, field.IsNullable, [new("ARROW:extension:name", "arrow.uuid"), new("ARROW:extension:metadata", "")])
        : field.HasMetadata && field.Metadata.TryGetValue(TypeKey, out var text) && ColumnType.TryParse(text, out var declared)
            && declared is { Kind: TypeKind.Timestamp, Unit: TimestampUnit.Second }
            ? new(field.Name, new TimestampType(ArrowTimeUnit.Second, declared.Zone), field.IsNullable)
        : field;

    static RecordBatch? Next(IArrowArrayStream batches) =>
        ParquetLibrary.Read(() => batches.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult());

    /// <summary>What the library doesn't look at.</summary>
    static void Check(RecordBatch batch)
    {
        for (int i = 0; i < batch.ColumnCount; i++)
        {
            var array = batch.Column(i);
            if (IsUtf8(array)) continue;
            batch.Dispose();
            throw new InvalidDataException($"column '{batch.Schema.GetFieldByIndex(i).Name}' has text that isn't UTF-8.");
        }
    }

    static bool IsUtf8(IArrowArray array) => array switch
    {
        DictionaryArray a => IsUtf8(a.Dictionary),
        StringArray or LargeStringArray => Utf8.IsValid(array.Data.Buffers[2].Span),
        StringViewArray a => Enumerable.Range(0, a.Length).All(row => a.IsNull(row) || Utf8.IsValid(a.GetBytes(row))),
        _ => true,
    };

    /// <summary>The reader lets timestamps of 96 bits overflow where nanoseconds don't fit 64: seconds are looked at first.</summary>
    void CheckInt96()
    {
        if (_int96.Length == 0) return;
        using var properties = ArrowReaderProperties.GetDefault();
        properties.BatchSize = _batchRows;
        properties.PreBuffer = false;
        properties.CoerceInt96TimestampUnit = ArrowTimeUnit.Second;
        using var reader = ParquetLibrary.Read(() => Open(_content, properties, _int96.Length));
        using var batches = ParquetLibrary.Read(() => reader.GetRecordBatchReader(columns: _int96));
        while (Next(batches) is { } batch)
        {
            using (batch)
            {
                foreach (var (array, name) in batch.Arrays.Zip(batch.Schema.FieldsList, (a, f) => ((TimestampArray)a, f.Name)))
                    for (int row = 0; row < array.Length; row++)
                        if (array.IsValid(row) && Math.Abs(array.Values[row]) > MaxNanosecondSeconds)
                            throw new InvalidDataException(
                                $"column '{name}' has a timestamp ({array.Values[row]} s since 1970) that doesn't fit 64 bits in " +
                                "nanoseconds.");
            }
        }
    }
}
