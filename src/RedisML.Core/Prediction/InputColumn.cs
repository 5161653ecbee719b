using System.Globalization;
using System.Numerics;
using System.Text;
using RedisML.Columns;
using RedisML.Formats.Objects;
using RedisML.Formats.Text;

namespace RedisML.Prediction;

/// <summary>The values of one input of a model as they come, one a row, in memory that the next rows use again.</summary>
/// <remarks>
/// Text is read as in a CSV file, an empty one is missing. A number of any type will do for another, as it does in a dataset.
/// </remarks>
abstract class InputColumn(ColumnSchema schema)
{
    const int StackBytes = 512;

    /// <summary>Over the values that there are room for now.</summary>
    ColumnVector? _vector;

    public ColumnSchema Schema { get; } = schema;

    /// <summary>The rows so far.</summary>
    public int Count { get; private set; }

    public static InputColumn Create(ColumnSchema schema) =>
        schema.Type.IsText ? new TextInput(schema) : schema.Type.IsTime ? new TimeInput(schema) : new NumberInput(schema);

    /// <summary>Appends an object. False where it isn't of the type; then nothing is appended.</summary>
    public bool TryAppend(object? value)
    {
        bool fits = value switch
        {
            null or DBNull => AddMissing(),
            string text => TryAddText(text),
            _ => TryAdd(value),
        };
        if (fits) Count++;
        return fits;
    }

    /// <summary>Appends what a text in UTF-8 says. False where that isn't of the type; then nothing is appended.</summary>
    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        bool fits = text.IsEmpty ? AddMissing() : TryAdd(text);
        if (fits) Count++;
        return fits;
    }

    /// <summary>Takes back the rows behind the first <paramref name="count"/>.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    public virtual void Clear() => Count = 0;

    /// <summary>Whether <see cref="ToVector"/> gives the same vector as last time, with the values of now.</summary>
    public bool IsVectorKept => _vector is { } vector && vector.Length == Count;

    /// <summary>The rows so far. Valid until the next is appended.</summary>
    public ColumnVector ToVector() => IsVectorKept ? _vector! : _vector = NewVector();

    protected abstract ColumnVector NewVector();

    /// <summary>Adds a missing value. True, as it always fits.</summary>
    protected abstract bool AddMissing();

    protected abstract bool TryAdd(object value);

    protected abstract bool TryAdd(ReadOnlySpan<byte> text);

    protected virtual bool TryAddText(string text)
    {
        if (text.Length == 0) return AddMissing();
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = most <= StackBytes ? stackalloc byte[StackBytes] : new byte[most];
        return TryAdd(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    /// <summary>Puts a value behind the others.</summary>
    protected bool Put<T>(ref T[] values, T value)
    {
        if (Count == values.Length)
        {
            Array.Resize(ref values, 2 * Count);
            _vector = null;
        }
        values[Count] = value;
        return true;
    }

    /// <summary>Numbers and booleans, which are 0 and 1.</summary>
    sealed class NumberInput(ColumnSchema schema) : InputColumn(schema)
    {
        double[] _values = new double[1];

        protected override ColumnVector NewVector() => new NumberVector(Schema.Type, _values.AsMemory(0, Count));

        protected override bool AddMissing() => Put(ref _values, double.NaN);

        protected override bool TryAdd(object value)
        {
            double? number = value switch
            {
                double given => given,
                bool boolean => boolean ? 1 : 0,
                sbyte or byte or short or ushort or int or uint or long or ulong or float or Half or decimal =>
                    Convert.ToDouble(value, CultureInfo.InvariantCulture),
                BigInteger big => (double)big,
                _ => null,
            };
            return number is { } known && Add(known);
        }

        protected override bool TryAdd(ReadOnlySpan<byte> text) =>
            NumberText.TryDouble(text, exact: false, out double number) ? Add(number) : TextValue.TryBoolean(text, out bool boolean)
                && Add(boolean ? 1 : 0);

        /// <summary>A column of 32 bits holds the nearest number of those.</summary>
        bool Add(double value) => Put(ref _values, Schema.Type.Kind == TypeKind.Float32 ? (float)value : value);
    }

    sealed class TextInput(ColumnSchema schema) : InputColumn(schema)
    {
        readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
        readonly List<string> _levels = [];
        int[] _codes = new int[1];

        protected override ColumnVector NewVector() => new TextVector(_codes.AsMemory(0, Count), _levels);

        public override void Clear()
        {
            base.Clear();
            _known.Clear();
            _levels.Clear();
        }

        protected override bool AddMissing() => Put(ref _codes, -1);

        protected override bool TryAdd(object value) => TryAddText(ObjectValue.TextOf(value));

        protected override bool TryAdd(ReadOnlySpan<byte> text)
        {
            int most = Encoding.UTF8.GetMaxCharCount(text.Length);
            Span<char> characters = most <= StackBytes ? stackalloc char[StackBytes] : new char[most];
            characters = characters[..Encoding.UTF8.GetChars(text, characters)];
            return Put(ref _codes,
                _known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters, out int code) ? code
                    : NewLevel(characters.ToString()));
        }

        protected override bool TryAddText(string text) =>
            text.Length == 0 ? AddMissing() : Put(ref _codes, _known.TryGetValue(text, out int code) ? code : NewLevel(text));

        int NewLevel(string level)
        {
            _known.Add(level, _levels.Count);
            _levels.Add(level);
            return _levels.Count - 1;
        }
    }

    /// <summary>Dates and timestamps, in the type of training.</summary>
    sealed class TimeInput(ColumnSchema schema) : InputColumn(schema)
    {
        static readonly int s_epochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

        long[] _values = new long[1];

        bool IsDate => Schema.Type.Kind == TypeKind.Date32;

        protected override ColumnVector NewVector() => new TimeVector(Schema.Type, _values.AsMemory(0, Count));

        protected override bool AddMissing() => Put(ref _values, TimeVector.Missing);

        protected override bool TryAdd(object value) => value switch
        {
            DateOnly date => IsDate ? Put(ref _values, date.DayNumber - s_epochDay) : Schema.Type.Zone is null
                && AddTicks(date.ToDateTime(default).Ticks),
            DateTime time when IsDate =>
                time.TimeOfDay == TimeSpan.Zero && Put(ref _values, DateOnly.FromDateTime(time).DayNumber - s_epochDay),
            DateTime { Kind: DateTimeKind.Unspecified } time => Schema.Type.Zone is null && AddTicks(time.Ticks),
            DateTime time => Schema.Type.Zone is not null && AddTicks(time.ToUniversalTime().Ticks),
            DateTimeOffset time => Schema.Type.Zone is not null && AddTicks(time.UtcTicks),
            _ => false,
        };

        protected override bool TryAdd(ReadOnlySpan<byte> text)
        {
            if (!IsoTime.TryParse(text, out var time)) return false;
            if (IsDate) return !time.HasTime && Put(ref _values, time.Day);
            return time.TryToTimestamp(Schema.Type, out long count) && Put(ref _values, count);
        }

        bool AddTicks(long ticks) => TimestampUnits.TryFromTicks(ticks, Schema.Type.Unit, out long count) && Put(ref _values, count);
    }
}
