using System.Text.Json;
using RedisML.Models;
using static RedisML.Errors.Decoding;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Takes items and users from parameters, which anybody may have written.</summary>
internal sealed class FactorReader(IReadOnlyDictionary<string, ParameterValue> parameters, int factors)
{
    public double Number(string name) => Get(name) is Scalar { Value: double or long } number ? number.ToDoubles()[0]
        : throw new InvalidDataException($"'{name}' is no number");

    public int Count(string name)
    {
        double count = Number(name);
        Demand(count is >= 0 and <= int.MaxValue && count == Math.Floor(count), $"'{name}' is {count}");
        return (int)count;
    }

    public FactorItems ReadItems(int count)
    {
        Demand(count > 0, "there are no items");
        CheckBlocks(FactorParameters.ItemFactor, count);
        var items = new FactorItems(new string[count], new float[count], new int[count], factors);
        foreach (var (block, first, rows) in FactorParameters.Blocks(count))
        {
            Names($"{FactorParameters.ItemName}:{block}", items.Names.AsSpan(first, rows));
            Floats($"{FactorParameters.ItemBias}:{block}", rows).CopyTo(items.Biases, first);
            Values<int>($"{FactorParameters.ItemCount}:{block}", rows).CopyTo(items.Counts, first);
            var vectors = Floats($"{FactorParameters.ItemFactor}:{block}", rows * factors);
            for (int row = 0; row < rows; row++) items.Set(first + row, vectors.AsSpan(row * factors, factors));
        }
        items.Places = Places(items.Names);
        return items;
    }

    public FactorUsers ReadUsers(int count, int items)
    {
        CheckBlocks(FactorParameters.UserFactor, count);
        var (names, biases, vectors) = (new string[count], new float[count], new float[checked(count * factors)]);
        var starts = new int[count + 1];
        var (indices, values) = (new List<int[]>(), new List<float[]>());
        foreach (var (block, first, rows) in FactorParameters.Blocks(count))
        {
            Names($"{FactorParameters.UserName}:{block}", names.AsSpan(first, rows));
            Floats($"{FactorParameters.UserBias}:{block}", rows).CopyTo(biases, first);
            Floats($"{FactorParameters.UserFactor}:{block}", rows * factors).CopyTo(vectors, first * factors);
            var ends = Values<int>($"{FactorParameters.UserEnd}:{block}", rows);
            var rated = Values<int>($"{FactorParameters.UserItem}:{block}", ends[^1]);
            for (int row = 0, start = 0; row < rows; start = ends[row++])
            {
                Demand(ends[row] >= start && ends[row] <= rated.Length, "the users' ratings end before they start");
                starts[first + row + 1] = checked(starts[first] + ends[row]);
                for (int i = start; i < ends[row]; i++)
                {
                    Demand(rated[i] >= 0 && rated[i] < items && (i == start || rated[i] > rated[i - 1]),
                        "a user rated what is no item");
                }
            }
            indices.Add(rated);
            values.Add(Floats($"{FactorParameters.UserRating}:{block}", ends[^1]));
        }
        return new(names, biases, vectors, new(starts, Joined(indices, starts[^1]), Joined(values, starts[^1])), Places(names));
    }

    /// <summary>Before memory is set aside for as many as somebody says.</summary>
    void CheckBlocks(string name, int count)
    {
        int blocks = (count + FactorParameters.BlockSize - 1) / FactorParameters.BlockSize;
        Demand(blocks <= parameters.Count && (blocks == 0 || parameters.ContainsKey($"{name}:{blocks - 1}")),
            $"the blocks of '{name}' aren't all there");
    }

    void Names(string name, Span<string> target)
    {
        var names = Get(name) is Scalar { Value: string json } ? JsonSerializer.Deserialize<string[]>(json) : null;
        Demand(names?.Length == target.Length && names.All(text => text is { Length: > 0 }),
            $"'{name}' doesn't have {target.Length:N0} names");
        names.CopyTo(target);
    }

    float[] Floats(string name, int count)
    {
        var values = Values<float>(name, count);
        Demand(values.All(float.IsFinite), $"'{name}' isn't finite");
        return values;
    }

    T[] Values<T>(string name, int count)
    {
        Demand(Get(name) is Tensor { Elements: T[] values } && values.Length == count, $"'{name}' doesn't have {count:N0} numbers");
        return (T[])((Tensor)Get(name)).Elements;
    }

    ParameterValue Get(string name) =>
        parameters.TryGetValue(name, out var value) ? value : throw new InvalidDataException($"'{name}' is missing");

    static T[] Joined<T>(List<T[]> blocks, int count)
    {
        var joined = new T[count];
        int start = 0;
        foreach (var block in blocks)
        {
            block.CopyTo(joined, start);
            start += block.Length;
        }
        return joined;
    }

    static Dictionary<string, int> Places(string[] names)
    {
        var places = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (int place = 0; place < names.Length; place++)
            if (!places.TryAdd(names[place], place)) throw new InvalidDataException($"'{names[place]}' is there twice");
        return places;
    }
}
