using RedisML.Errors;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Who rated what, user by user and item by item: of a pair there is one rating.</summary>
internal sealed class RatingMatrix
{
    /// <summary>Ratings in the order of rows: the last of a pair counts, or of an implicit model their sum.</summary>
    public RatingMatrix(string[] users, string[] items, IEnumerable<RatingChunk> chunks, bool isImplicit)
    {
        (Users, Items) = (users, items);
        var rows = chunks.ToList();
        var starts = Starts(users.Length, rows.Select(chunk => chunk.Users));
        var (found, values) = (new int[starts[^1]], new float[starts[^1]]);
        var next = starts[..^1];
        foreach (var chunk in rows)
        {
            for (int row = 0; row < chunk.Users.Length; row++)
            {
                int place = next[chunk.Users[row]]++;
                (found[place], values[place]) = (chunk.Items[row], chunk.Values[row]);
            }
        }
        ByUser = Merged(starts, found, values, isImplicit);
        ByItem = Transposed(ByUser, items.Length);
    }

    /// <summary>Their names, in order.</summary>
    public string[] Users { get; }

    /// <summary>Their names, in order.</summary>
    public string[] Items { get; }

    /// <summary>A line a user: the items, ascending, and the ratings.</summary>
    public RatingLines ByUser { get; }

    /// <summary>A line an item: the users, ascending, and the ratings.</summary>
    public RatingLines ByItem { get; }

    static int[] Starts(int lines, IEnumerable<int[]> rows)
    {
        var starts = new int[lines + 1];
        long total = 0;
        foreach (var line in rows)
        {
            total += line.Length;
            if (total > Array.MaxLength) throw new RedisMLException("DatasetTooLarge", ErrorKind.LimitsExceeded,
                $"More than {Array.MaxLength:N0} ratings can't be factorised at once.", total);
            foreach (int index in line) starts[index + 1]++;
        }
        for (int line = 0; line < lines; line++) starts[line + 1] += starts[line];
        return starts;
    }

    /// <summary>Sorts each line by index, and makes one of several ratings of a pair.</summary>
    static RatingLines Merged(int[] starts, int[] indices, float[] values, bool isImplicit)
    {
        var merged = new int[starts.Length];
        int end = 0;
        var order = new List<(int Index, int Place)>();
        var line = new List<float>();
        for (int i = 0; i + 1 < starts.Length; i++)
        {
            order.Clear();
            line.Clear();
            for (int place = starts[i]; place < starts[i + 1]; place++)
            {
                order.Add((indices[place], line.Count));
                line.Add(values[place]);
            }
            order.Sort();
            int first = end;
            foreach (var (index, place) in order)
            {
                if (end > first && indices[end - 1] == index)
                {
                    values[end - 1] = isImplicit ? values[end - 1] + line[place] : line[place];
                    continue;
                }
                (indices[end], values[end]) = (index, line[place]);
                end++;
            }
            merged[i + 1] = end;
        }
        return new(merged, indices[..end], values[..end]);
    }

    static RatingLines Transposed(RatingLines lines, int count)
    {
        var starts = Starts(count, [lines.Indices]);
        var next = starts[..^1];
        var (indices, values) = (new int[lines.Indices.Length], new float[lines.Values.Length]);
        for (int line = 0; line < lines.Count; line++)
        {
            for (int i = lines.Starts[line]; i < lines.Starts[line + 1]; i++)
            {
                int place = next[lines.Indices[i]]++;
                (indices[place], values[place]) = (line, lines.Values[i]);
            }
        }
        return new(starts, indices, values);
    }
}
