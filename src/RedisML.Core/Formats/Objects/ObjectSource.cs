using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Errors;
using RedisML.Formats.Json;
using RedisML.Formats.Text;

namespace RedisML.Formats.Objects;

/// <summary>An object as a row.</summary>
/// <param name="Names">The names of its properties. Rows of one kind had better share the array.</param>
/// <param name="Values">The value of each property.</param>
public readonly record struct ObjectRow(string[] Names, object?[] Values);

/// <summary>Objects as a source, read once. The columns, and their types, are those of the first some thousand objects.</summary>
/// <remarks>Text is judged and read as in a CSV file, and an empty one is missing.</remarks>
sealed class ObjectSource(IAsyncEnumerable<IReadOnlyList<ObjectRow>> batches, SourceOptions options) : RowSource
{
    const int SampleRows = 16_384;
    const int SizeRows = 2_048;
    const int MaxPartRows = 1 << 17;

    readonly HashSet<string> _nullValues = [.. options.NullValues, ""];
    readonly List<ObjectRow> _sample = [];

    /// <summary>How text writes numbers; null for a decimal point and no groups.</summary>
    internal NumberCulture? Culture { get; } = options.Culture is null ? null : new(CultureInfo.GetCultureInfo(options.Culture));

    IAsyncEnumerator<IReadOnlyList<ObjectRow>>? _rest;

    public override string Name => "the pipeline";

    public override string RowName => "object";

    public override long? Length => null;

    public override long Position => 0;

    public override bool CanReread => false;

    public override Task<ulong?> HashAsync(CancellationToken cancellation) => Task.FromResult<ulong?>(null);

    /// <exception cref="RedisMLException"><c>NoRows</c></exception>
    public override async Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(
        IReadOnlyDictionary<string, ColumnType> given, CancellationToken cancellation)
    {
        _rest = batches.GetAsyncEnumerator(cancellation);
        while (_sample.Count < SampleRows && await _rest.MoveNextAsync().ConfigureAwait(false)) _sample.AddRange(_rest.Current);
        var types = new Dictionary<string, TypeSample>(StringComparer.OrdinalIgnoreCase);
        var names = new List<string>();
        string[] shape = [], own = [];
        foreach (var (row, values) in _sample)
        {
            if (!ReferenceEquals(shape, row)) (shape, own) = (row, [.. ColumnNames.Of(row)]);
            for (int i = 0; i < own.Length; i++)
            {
                if (!types.TryGetValue(own[i], out var sample))
                {
                    types.Add(own[i], sample = new());
                    names.Add(own[i]);
                }
                if (!sample.IsSettled && ObjectValue.TypeOf(values[i], TypeOfText) is { } type)
                {
                    sample.Add(type);
                    if (type == ColumnType.Utf8 && Culture is null && values[i] is string text
                        && NumberCulture.LooksForeign(Encoding.UTF8.GetBytes(text))) sample.AddForeign(Encoding.UTF8.GetBytes(text));
                }
                else sample.MayBeMissing |= values[i] is string { Length: > 0 };
            }
        }
        if (names.Count == 0) throw new RedisMLException("NoRows", ErrorKind.InvalidData,
            "The pipeline brought no object with a property; nothing was published.");
        return [.. names.Select(name => given.TryGetValue(name, out var type) ? new SourceColumn(name, type, Inferred: false)
            : new(name, types[name] switch { { Type: null, MayBeMissing: true } => ColumnType.Utf8, var sample => sample.Type },
                Inferred: false)
            {
                Almost = types[name].Almost,
                ForeignNumber = types[name].ForeignNumber,
            })];
    }

    public override async IAsyncEnumerable<RowPart> ReadAsync(
        IReadOnlyList<SourceColumn> columns, ChunkCompression compression, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var encoder = new PartEncoder<ObjectColumns>(columns, compression, (columns, builder, notes) => new(columns, builder, notes, this));
        int index = 0, partRows = PartRows(encoder);
        var pending = _sample.ToList();
        _sample.Clear();
        await using (_rest!.ConfigureAwait(false))
            while (true)
            {
                bool more = await _rest!.MoveNextAsync().ConfigureAwait(false);
                if (more) pending.AddRange(_rest.Current);
                int taken = 0;
                for (; pending.Count - taken >= partRows; taken += partRows)
                    yield return NewPart(pending.GetRange(taken, partRows));
                pending.RemoveRange(0, taken);
                if (more) continue;
                if (pending.Count > 0) yield return NewPart(pending);
                yield break;
            }

        ObjectPart NewPart(List<ObjectRow> rows) => new(index++, rows, encoder) { FirstLine = index == 1 ? 1 : null };
    }

    /// <summary>The narrowest type that holds a text; null for one that may stand for a missing value.</summary>
    ColumnType? TypeOfText(string text) =>
        IsNamedMissing(text) || IsUsuallyMissing(text) ? null : TextValue.TypeOf(Encoding.UTF8.GetBytes(text), Culture);

    internal bool IsNamedMissing(string text) => _nullValues.Contains(text)
        || options.NullValues.Count > 0 && text.Trim() is { Length: > 0 } trimmed && _nullValues.Contains(trimmed);

    /// <summary>Whether it usually stands for a missing value among numbers and times, as nobody said what does.</summary>
    internal bool IsUsuallyMissing(string text) =>
        options.NullValues.Count == 0 && (text.Length <= 8 || text[^1] == ' ') && MissingText.IsUsual(Encoding.UTF8.GetBytes(text));

    int PartRows(PartEncoder<ObjectColumns> encoder)
    {
        using var chunk =
            encoder.Encode(0, leaveOut: true, (columns, left, bad) => columns.Append([.. _sample.Take(SizeRows)], left, bad)).Chunk;
        return chunk is null ? SizeRows : Math.Min(ChunkSize.RowsFor(chunk.UncompressedBytes, chunk.Rows), MaxPartRows);
    }

    sealed class ObjectPart(int index, List<ObjectRow> rows, PartEncoder<ObjectColumns> encoder)
        : RowPart(index, rows.Count * (long)rows[0].Values.Length * 32)
    {
        public override ulong Hash() => 0;

        public override EncodedPart Encode(bool leaveOut) =>
            encoder.Encode(rows.Count, leaveOut, (columns, left, bad) => columns.Append(rows, left, bad));

        public override void Dispose()
        {
        }
    }
}

/// <summary>Appends objects to the columns of a chunk.</summary>
sealed class ObjectColumns(IReadOnlyList<SourceColumn> columns, ChunkBuilder builder, ValueNotes notes, ObjectSource source)
{
    const int MaxShownValue = 60;
    const string LateProperty = "a property that the first objects don't have (Select-Object with all names gives each the same)";

    readonly ObjectValue[] _values =
        [.. columns.Select((c, i) => new ObjectValue(c.Schema.Type, builder.Columns[i], source.Culture, source.IsNamedMissing))];
    readonly Dictionary<string, int> _columns = columns.Select((c, i) => (c.Name, i))
        .ToDictionary(c => c.Name, c => c.i, StringComparer.OrdinalIgnoreCase);
    readonly bool[] _takesUsualMissing = [.. columns.Select(c => c.Type is not { } type || type.IsNumeric || type.IsTime)];
    readonly ColumnType?[] _almost = [.. columns.Select(c => c.Almost)];
    readonly object?[] _row = new object?[columns.Count];
    string[] _names = [];
    int[] _places = [];

    public void Append(IReadOnlyList<ObjectRow> rows, IReadOnlySet<int> left, List<BadRow> bad)
    {
        for (int row = 0; row < rows.Count; row++)
            if (!left.Contains(row) && Append(rows[row], row) is { } wrong) bad.Add(wrong with { Record = Record(rows[row]) });
    }

    BadRow? Append(ObjectRow row, int number)
    {
        BadRow? bad = null;
        if (!ReferenceEquals(_names, row.Names)) Look(row.Names);
        System.Array.Clear(_row);
        for (int i = 0; i < row.Values.Length; i++)
        {
            if (_places[i] >= 0) _row[_places[i]] = row.Values[i];
            else if (row.Values[i] is not null) bad ??= new(number + 1, -1, row.Names[i], LateProperty, ColumnType.Utf8);
        }
        for (int i = 0; i < _values.Length; i++)
        {
            object? value = _row[i];
            if (value is string word && _takesUsualMissing[i] && source.IsUsuallyMissing(word))
            {
                notes.Add(i, NoteKind.TakenForMissing, Encoding.UTF8.GetBytes(word), number + 1);
                value = null;
            }
            if (_values[i].TryAppend(value))
            {
                if (_almost[i] is { } almost) Watch(i, almost, value, number);
                continue;
            }
            builder.Columns[i].AppendNull();
            string text = ObjectValue.TextOf(value!);
            bad ??= new(number + 1, i, text.Length <= MaxShownValue ? text : text[..MaxShownValue] + "…", "", ColumnType.Utf8);
        }
        return bad;
    }

    void Watch(int column, ColumnType almost, object? value, int number)
    {
        if (ObjectValue.TypeOf(value, text =>
            source.IsNamedMissing(text) ? null : TextValue.TypeOf(Encoding.UTF8.GetBytes(text), source.Culture)) is { } type
            && ColumnType.Union(almost, type) == ColumnType.Utf8)
            notes.Add(column, NoteKind.Misfit, Encoding.UTF8.GetBytes(ObjectValue.TextOf(value!)), number + 1);
    }

    void Look(string[] names)
    {
        _names = names;
        _places = [.. ColumnNames.Of(names).Select(name => _columns.TryGetValue(name, out int column) ? column : -1)];
    }

    static byte[] Record(ObjectRow row) => JsonRecord.Of(ColumnNames.Of(row.Names).Zip(row.Values));
}
