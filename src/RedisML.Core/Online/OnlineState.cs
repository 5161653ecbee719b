using System.Globalization;
using System.Text;
using System.Text.Json;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>All that a training has learned and up to which sample: in memory what one hash in Redis holds.</summary>
sealed class OnlineState
{
    public const string Format = "1";
    public static readonly RedisValue FormatField = "format", SpecificationField = "spec", OffsetField = "offset",
        TrainerField = "trainer", NumbersField = "numbers", FiguresField = "figures";

    readonly List<RedisValue> _rejected = [];

    public OnlineState(OnlineLearner learner) => Learner = learner;

    public OnlineLearner Learner { get; }

    public OnlineSpecification Specification => Learner.Specification;

    /// <summary>Up to where samples have been learned: how many were taken from the list, or the last ids read.</summary>
    public string Offset { get; set; } = "";

    /// <summary>The number, of all entries that were ever added to the stream, of the last that was read.</summary>
    public long Ordinal { get; set; }

    public long Rejected { get; private set; }

    public long Trimmed { get; set; }

    public long Unlabelled { get; set; }

    public long Unmatched { get; set; }

    /// <summary>Samples that wait for their label; null where each has its own.</summary>
    public PendingSamples? Pending { get; init; }

    /// <summary>The last samples that couldn't be learned since the last commit, and why, the oldest first.</summary>
    public IReadOnlyList<RedisValue> RejectedSamples => _rejected;

    /// <summary>Puts a sample aside.</summary>
    public void Reject(string reason, ReadOnlySpan<byte> sample)
    {
        Rejected++;
        if (_rejected.Count == OnlineLimits.Rejected) _rejected.RemoveAt(0);
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, SampleJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("reason"u8, reason);
            // What isn't UTF-8 is shown as far as it is.
            writer.WriteString("sample"u8, Encoding.UTF8.GetString(sample[..Math.Min(sample.Length, OnlineLimits.RejectedBytes)]));
            writer.WriteEndObject();
        }
        _rejected.Add(bytes.ToArray());
    }

    public OnlineFigures Figures() => Learner.Figures() with
    {
        Rejected = Rejected,
        Trimmed = Trimmed,
        Unlabelled = Unlabelled,
        Unmatched = Unmatched,
        Pending = Pending?.Count ?? 0,
    };

    /// <summary>The fields that changed since the last time, but for the offset.</summary>
    public List<HashEntry> TakeChanged()
    {
        _rejected.Clear();
        var words = new StateWords();
        words.Add(Ordinal);
        words.Add(Rejected);
        words.Add(Trimmed);
        words.Add(Unlabelled);
        words.Add(Unmatched);
        Learner.Write(words);
        return
        [
            new(NumbersField, words.ToBytes()),
            new(FiguresField, JsonSerializer.SerializeToUtf8Bytes(Figures(), OnlineJson.Default.OnlineFigures)),
            .. Learner.TakeChanged(),
            .. Pending?.TakeChanged() ?? [],
        ];
    }

    /// <summary>All fields of a state that is new.</summary>
    public HashEntry[] Initial(string trainer) =>
    [
        new(FormatField, Format), new(SpecificationField, Specification.ToJson()), new(OffsetField, Offset),
        new(TrainerField, trainer), .. TakeChanged(),
    ];

    /// <summary>What the fields of a hash say.</summary>
    /// <exception cref="RedisMLException"><c>InvalidOnlineState</c>.</exception>
    public static OnlineState Read(string model, IReadOnlyList<HashEntry> fields) => Decoding.Run(() =>
    {
        var byName = fields.ToDictionary(field => field.Name, field => field.Value);
        Decoding.Demand(byName.GetValueOrDefault(FormatField) == Format, "it is of another version of this module");
        var specification = OnlineSpecification.FromJson(Bytes(SpecificationField));
        var words = StateWords.Of(Bytes(NumbersField));
        long[] counts = [words.NextCount(), words.NextCount(), words.NextCount(), words.NextCount(), words.NextCount()];
        return new OnlineState(OnlineLearner.Read(specification, words, fields))
        {
            Offset = (string?)byName.GetValueOrDefault(OffsetField) ?? throw new InvalidDataException("it has no offset"),
            Ordinal = counts[0],
            Rejected = counts[1],
            Trimmed = counts[2],
            Unlabelled = counts[3],
            Unmatched = counts[4],
            Pending = specification.LabelStream is null ? null : PendingSamples.Read(fields),
        };

        ReadOnlySpan<byte> Bytes(RedisValue field) => byName.TryGetValue(field, out var value) ? ((ReadOnlyMemory<byte>)value).Span
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it has no {field}"));
    }, (why, e) => new("InvalidOnlineState", ErrorKind.InvalidData,
        $"What the online training of model '{model}' has learned can't be read: {why}. Remove it (Remove-RedisOnlineTraining).",
            model, e));
}
