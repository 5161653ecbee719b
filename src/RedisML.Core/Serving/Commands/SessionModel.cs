using System.Text;
using RedisML.Prediction;

namespace RedisML.Serving.Commands;

/// <summary>A version of a model with the buffers of one session.</summary>
sealed class SessionModel
{
    readonly byte[][] _names;
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _places;
    readonly byte[][] _classes;

    public SessionModel(CommandModel source, ServedModel shared)
    {
        (Source, Shared, Own) = (source, shared, new(shared.Model, shared.Predictor));
        Name = Encoding.UTF8.GetBytes(source.Name);
        var inputs = Own.Rows.Inputs;
        _names = [.. inputs.Select(input => Encoding.UTF8.GetBytes(input.Name))];
        _places = inputs.Index().ToDictionary(input => input.Item.Name, input => input.Index, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        Places = new TextPlace[inputs.Count];
        _classes = [.. (Own.Predictor.Signature.Label.Classes ?? []).Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The name by which clients ask, in UTF-8.</summary>
    public byte[] Name { get; }

    public CommandModel Source { get; }

    /// <summary>What <see cref="Source"/> served when this was made.</summary>
    public ServedModel Shared { get; }

    public ServedModel Own { get; }

    /// <summary>Where the values of a row lie, an input each.</summary>
    public TextPlace[] Places { get; }

    /// <summary>The input of a name; −1 for none.</summary>
    /// <param name="guess">The one that it is likely to be: clients name fields in an order.</param>
    public int PlaceOf(ReadOnlySpan<byte> name, int guess)
    {
        if (guess < _names.Length && name.SequenceEqual(_names[guess])) return guess;
        const int LongestOnStack = 256;
        int most = Encoding.UTF8.GetMaxCharCount(name.Length);
        Span<char> text = most <= LongestOnStack ? stackalloc char[LongestOnStack] : new char[most];
        return _places.TryGetValue(text[..Encoding.UTF8.GetChars(name, text)], out int place) ? place : -1;
    }

    /// <summary>What is said of a row: a number; or a class, and the probabilities of all by name.</summary>
    public void Write(RespReply reply, Predictions predictions, int row)
    {
        double value = predictions.Values[row];
        if (double.IsNaN(value))
        {
            reply.WriteNull();
            return;
        }
        if (_classes.Length == 0)
        {
            reply.WriteNumber(value);
            return;
        }
        reply.WriteArray(2);
        reply.WriteText(_classes[(int)value]);
        reply.WriteMap(_classes.Length);
        for (int index = 0; index < _classes.Length; index++)
        {
            reply.WriteText(_classes[index]);
            reply.WriteNumber(predictions.Probabilities[row * _classes.Length + index]);
        }
    }
}
