using System.Text;

namespace RedisML.Formats;

/// <summary>What a value that is worth a word is.</summary>
enum NoteKind
{
    /// <summary>Text that was taken for a missing value, though nobody said so.</summary>
    TakenForMissing,

    /// <summary>One of the few values for which a column is text, where the others are numbers or times.</summary>
    Misfit,
}

/// <summary>How often a part has a value that is worth a word.</summary>
/// <param name="Value">Shortened; empty for all beyond the first few of a column.</param>
/// <param name="Line">Of the first one, from 1, counted from the start of the part.</param>
readonly record struct ValueNote(int Column, NoteKind Kind, string Value, long Count, long Line);

/// <summary>Counts values that are worth a word while a part is read. For one task at a time; cheap where there are none.</summary>
sealed class ValueNotes(int columns)
{
    /// <summary>Different values that are told apart, of a column and kind.</summary>
    const int MaxValues = 8;
    const int MaxValueBytes = 60;

    readonly List<Entry>?[] _entries = new List<Entry>?[columns];

    /// <param name="place">Where it stands, in whatever way <see cref="Take"/> makes lines of.</param>
    public void Add(int column, NoteKind kind, ReadOnlySpan<byte> value, long place)
    {
        var entries = _entries[column] ??= [];
        int ofKind = 0;
        foreach (var entry in entries)
        {
            if (entry.Kind != kind) continue;
            if (++ofKind <= MaxValues && !value.SequenceEqual(entry.Value)) continue;
            entry.Count++;
            return;
        }
        entries.Add(new(kind, ofKind < MaxValues ? value.ToArray() : [], place) { Count = 1 });
    }

    public void Clear() => System.Array.Clear(_entries);

    /// <summary>The notes since the last time.</summary>
    public IReadOnlyList<ValueNote> Take(Func<long, long> lineOf)
    {
        List<ValueNote>? notes = null;
        for (int column = 0; column < _entries.Length; column++)
            foreach (var entry in _entries[column] ?? [])
                (notes ??= []).Add(new(column, entry.Kind, Shown(entry.Value), entry.Count, lineOf(entry.Place)));
        if (notes is not null) Clear();
        return notes ?? (IReadOnlyList<ValueNote>)[];
    }

    static string Shown(byte[] value) =>
        value.Length <= MaxValueBytes ? Encoding.UTF8.GetString(value) : Encoding.UTF8.GetString(value.AsSpan(0, MaxValueBytes)) + "…";

    sealed record Entry(NoteKind Kind, byte[] Value, long Place)
    {
        public long Count { get; set; }
    }
}
