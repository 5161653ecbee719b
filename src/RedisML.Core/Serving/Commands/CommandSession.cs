using System.Globalization;
using System.Text;
using RedisML.Errors;
using RedisML.Prediction;

namespace RedisML.Serving.Commands;

/// <summary>Answers <c>ML.PREDICT</c> and <c>ML.MPREDICT</c> for one client, one command after the other.</summary>
/// <remarks>
/// Arguments come as one text in UTF-8 and the end of each in it; replies are those of the Redis protocol, in the version that is given,
/// and valid until the next command. Whatever arguments are: there is a reply, and no exception.
/// </remarks>
public sealed class CommandSession
{
    const byte KeyMark = (byte)'@';

    /// <summary>Names are at most so long: model, mark and alias.</summary>
    const int LongestName = 256;

    readonly CommandModels _models;
    readonly Dictionary<string, SessionModel> _known = new(StringComparer.Ordinal);
    readonly RespReply _reply = new();
    SessionModel? _last;

    internal CommandSession(CommandModels models) => _models = models;

    /// <summary><c>ML.PREDICT model field value …</c>; or <c>model @key field value …</c>, where the server has put the fields of a hash
    /// behind its key, of which only those count that the model needs.</summary>
    public ReadOnlyMemory<byte> Predict(ReadOnlySpan<byte> text, ReadOnlySpan<int> ends, int version) =>
        Answer(new(text, ends), version, isMany: false);

    /// <summary><c>ML.MPREDICT model n field1 … fieldn value …</c>: n values a row, and as many rows as there are.</summary>
    public ReadOnlyMemory<byte> PredictMany(ReadOnlySpan<byte> text, ReadOnlySpan<int> ends, int version) =>
        Answer(new(text, ends), version, isMany: true);

    ReadOnlyMemory<byte> Answer(Arguments arguments, int version, bool isMany)
    {
        _reply.Begin(version);
        try
        {
            if (isMany) PredictMany(arguments);
            else Predict(arguments);
        }
        catch (CommandException e)
        {
            _reply.WriteError(e.Message);
        }
        catch (RedisMLException e)
        {
            _reply.WriteError($"ERR {e.Message}");
        }
        catch (Exception e)
        {
            // An exception would end the client's session, and lose the replies of its pipeline.
            _reply.WriteError($"ERR the command failed: {e.Message}");
        }
        return _reply.Written;
    }

    void Predict(Arguments arguments)
    {
        if (arguments.Count < 2) throw WrongNumber("ML.PREDICT model field value ..., or ML.PREDICT model @key");
        var model = Find(arguments[0]);
        bool isStored = arguments.Count % 2 == 0 && arguments[1] is [KeyMark, ..];
        if (isStored && arguments.Count == 2) throw new CommandException($"ERR no such key '{Text(arguments[1][1..])}'");
        if (!isStored && arguments.Count % 2 == 0) throw WrongNumber("ML.PREDICT model field value ..., or ML.PREDICT model @key");
        Array.Fill(model.Places, TextPlace.Absent);
        int guess = 0;
        for (int i = isStored ? 2 : 1; i < arguments.Count; i += 2)
        {
            int place = model.PlaceOf(arguments[i], guess);
            if (place >= 0) model.Places[place] = arguments.PlaceOf(i + 1);
            else if (!isStored) throw NoFeature(arguments[i]);
            guess = place + 1;
        }
        Add(model, arguments, null);
        model.Write(_reply, model.Own.Predictor.Predict(model.Own.Rows.ToBatch()), 0);
    }

    void PredictMany(Arguments arguments)
    {
        var model = Find(arguments[0]);
        if (arguments.Count < 2 || !int.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out int fields)
            || fields < 1 || fields > arguments.Count - 2 || (arguments.Count - 2) % fields != 0)
            throw WrongNumber("ML.MPREDICT model n field1 ... fieldn, then n values for each row");
        int rows = (arguments.Count - 2) / fields - 1;
        if (rows > CommandLimits.Rows) throw new CommandException($"ERR too many rows: a command has up to {CommandLimits.Rows}");
        Span<int> places = fields <= LongestName ? stackalloc int[fields] : new int[fields];
        for (int i = 0; i < fields; i++)
        {
            places[i] = model.PlaceOf(arguments[2 + i], i);
            if (places[i] < 0) throw NoFeature(arguments[2 + i]);
        }
        Array.Fill(model.Places, TextPlace.Absent);
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < fields; i++) model.Places[places[i]] = arguments.PlaceOf(2 + (row + 1) * fields + i);
            Add(model, arguments, row);
        }
        _reply.WriteArray(rows);
        if (rows == 0) return;
        var predictions = model.Own.Predictor.Predict(model.Own.Rows.ToBatch());
        for (int row = 0; row < rows; row++) model.Write(_reply, predictions, row);
    }

    static void Add(SessionModel model, Arguments arguments, int? row)
    {
        if (model.Own.Rows.TryAddText(arguments.Text, model.Places) is { } problem)
            throw new CommandException(row is null ? $"ERR {problem}" : $"ERR row {row + 1}: {problem}");
    }

    /// <summary>The model of a name, with this session's buffers, empty.</summary>
    SessionModel Find(ReadOnlySpan<byte> name)
    {
        var model = _last is { } last && name.SequenceEqual(last.Name) ? last : null;
        // What was found last may have been removed meanwhile, or exchanged.
        if (model is null || model.Source.Served != model.Shared || model.Source.IsGone) model = Look(name);
        model.Own.Rows.Clear();
        return _last = model;
    }

    SessionModel Look(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName) throw new CommandException("ERR no such model: no name is so long");
        Span<char> text = stackalloc char[LongestName];
        text = text[..Encoding.UTF8.GetChars(name, text)];
        if (_models.Find(text, out var error) is not { } found) throw new CommandException(error);
        var shared = found.Served!;
        if (_known.TryGetValue(found.Name, out var known) && known.Shared == shared && known.Source == found) return known;
        return _known[found.Name] = new(found, shared);
    }

    static CommandException WrongNumber(string usage) => new($"ERR wrong number of arguments: {usage}");

    static CommandException NoFeature(ReadOnlySpan<byte> name) => new($"ERR no such feature '{Text(name)}'");

    static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text.Length <= LongestName ? text : text[..LongestName]);

    /// <summary>The arguments behind the command's name.</summary>
    readonly ref struct Arguments(ReadOnlySpan<byte> text, ReadOnlySpan<int> ends)
    {
        readonly ReadOnlySpan<int> _ends = ends;

        public ReadOnlySpan<byte> Text { get; } = text;

        public int Count => _ends.Length;

        public ReadOnlySpan<byte> this[int index] => Text[StartOf(index).._ends[index]];

        public TextPlace PlaceOf(int index) => new(StartOf(index), _ends[index] - StartOf(index));

        int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];
    }

    /// <summary>What the client is told.</summary>
    sealed class CommandException(string message) : Exception(message);
}
