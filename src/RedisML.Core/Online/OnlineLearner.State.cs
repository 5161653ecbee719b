using System.Globalization;
using RedisML.Columns;
using StackExchange.Redis;
using static RedisML.Errors.Decoding;

namespace RedisML.Online;

// How the learner lies in Redis: numbers, blocks of weights, levels and classes as fields of one hash.
sealed partial class OnlineLearner
{
    const string BlockPrefix = "w:", LevelPrefix = "level:", ClassPrefix = "class:";

    /// <summary>The numbers but for the weights.</summary>
    public void Write(StateWords words)
    {
        words.Add(_width);
        words.Add(Samples);
        words.Add(Drifts);
        words.Add(LastDrift);
        Write(_label);
        var v = _validation;
        words.Add(v.Count);
        words.Add(v.Loss);
        words.Add(v.Error);
        words.Add(v.WindowCount);
        words.Add(v.WindowLoss);
        words.Add(v.WindowError);
        words.Add(_drift.Count);
        words.Add(_drift.Mean);
        words.Add(_drift.Sum);
        words.Add(_drift.Least);
        for (int i = 0; i < _moments.Length; i++)
        {
            Write(_moments[i]);
            words.Add(_missing[i]);
        }

        void Write(RunningMoments moments)
        {
            words.Add(moments.Count);
            words.Add(moments.Mean);
            words.Add(moments.M2);
        }
    }

    /// <summary>The fields that changed since the last time: blocks of weights, levels, classes.</summary>
    public IEnumerable<HashEntry> TakeChanged()
    {
        for (int i = 0; i < _levels.Length; i++)
        {
            if (_levels[i] is not { } levels) continue;
            foreach (int place in levels.TakeNew())
                yield return new($"{LevelPrefix}{i}:{place}", $"{levels.PositionOf(place)} {levels.Levels[place]}");
        }
        foreach (int place in _classes.TakeNew()) yield return new($"{ClassPrefix}{place}", _classes.Levels[place]);
        for (int k = 0; k < _outputs.Count; k++)
            foreach (var (block, bytes) in _outputs[k].TakeChanged()) yield return new($"{BlockPrefix}{k}:{block}", bytes);
    }

    /// <summary>What the fields of a state say.</summary>
    /// <exception cref="InvalidDataException">They aren't such a state.</exception>
    public static OnlineLearner Read(OnlineSpecification specification, StateWords words, IReadOnlyList<HashEntry> fields)
    {
        var learner = new OnlineLearner(specification);
        learner.Read(words);
        var levels = new SortedDictionary<(int Column, int Place), string>();
        var classes = new SortedDictionary<int, string>();
        foreach (var field in fields)
        {
            string name = field.Name!;
            if (name.StartsWith(LevelPrefix, StringComparison.Ordinal)) levels.Add(Pair(name), field.Value!);
            else if (name.StartsWith(ClassPrefix, StringComparison.Ordinal)) classes.Add(Number(name[ClassPrefix.Length..]), field.Value!);
        }
        foreach (var ((column, place), text) in levels)
        {
            int space = text.IndexOf(' ');
            Demand(column < learner._levels.Length && learner._levels[column] is { } index && index.Levels.Count == place && space > 0
                && place < Categories.MaxLevels, "a level has no place");
            int position = Number(text[..space]);
            Demand(position > 0 && position < learner._width, "a level has no position");
            learner._levels[column]!.Add(text[(space + 1)..], position);
        }
        foreach (var (place, name) in classes)
        {
            Demand(place == learner._classes.Levels.Count && place < OnlineLimits.Classes, "a class has no place");
            learner.AddClass(name);
        }
        foreach (var output in learner._outputs) output.EnsureLength(learner._width);
        foreach (var field in fields)
        {
            if (!field.Name.StartsWith(BlockPrefix)) continue;
            var (output, block) = Pair((string)field.Name!);
            Demand(output < learner._outputs.Count && block < learner._outputs[output].Length / FtrlWeights.BlockSize,
                "a block of weights has no place");
            learner._outputs[output].Read(block, ((ReadOnlyMemory<byte>)field.Value).Span);
        }
        learner._classes.SetCommitted();
        foreach (var index in learner._levels) index?.SetCommitted();
        return learner;

        static (int, int) Pair(string name) =>
            name.Split(':') is [_, var first, var second] ? (Number(first), Number(second))
                : throw new InvalidDataException("a field is odd");

        static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    void Read(StateWords words)
    {
        long width = words.NextCount();
        Demand(width >= _width && width <= Array.MaxLength / 8, "its width can't be");
        _width = (int)width;
        (Samples, Drifts, LastDrift) = (words.NextCount(), words.NextCount(), words.NextCount());
        _label = Moments();
        _validation = new()
        {
            Count = words.NextCount(),
            Loss = words.NextDouble(),
            Error = words.NextDouble(),
            WindowCount = words.NextCount(),
            WindowLoss = words.NextDouble(),
            WindowError = words.NextDouble(),
        };
        _drift = new() { Count = words.NextCount(), Mean = words.NextDouble(), Sum = words.NextDouble(), Least = words.NextDouble() };
        for (int i = 0; i < _moments.Length; i++)
        {
            _moments[i] = Moments();
            long missing = words.NextCount();
            Demand(missing < _width, "a missing level has no position");
            _missing[i] = (int)missing;
        }

        RunningMoments Moments() => new() { Count = words.NextCount(), Mean = words.NextDouble(), M2 = words.NextDouble() };
    }
}
