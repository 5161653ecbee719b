using RedisML.Columns;
using RedisML.Features;

namespace RedisML.Evaluation;

/// <summary>The classes that the rows of a chunk are of.</summary>
/// <param name="Indices">One a row: of the classes that the model knows, then of <paramref name="Unseen"/>;
/// <see cref="Missing"/> without a label.</param>
/// <param name="Unseen">The classes that training didn't see.</param>
internal sealed record ActualClasses(int[] Indices, IReadOnlyList<string> Unseen)
{
    public const int Missing = -1;

    public static ActualClasses Of(ColumnVector label, LabelEncoding encoding)
    {
        var text = Categories.Of(label, encoding.Type);
        var map = new CategoryEncoder(encoding.Classes!).Map(text.Levels);
        var unseen = new List<string>();
        for (int level = 0; level < map.Length; level++)
        {
            if (map[level] != CategoryEncoder.None) continue;
            map[level] = encoding.Classes!.Count + unseen.Count;
            unseen.Add(text.Levels[level]);
        }
        return new(Array.ConvertAll(text.Codes.ToArray(), code => code < 0 ? Missing : map[code]), unseen);
    }
}
