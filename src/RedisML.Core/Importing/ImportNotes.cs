using System.Text;
using RedisML.Columns;
using RedisML.Formats;
using RedisML.Formats.Text;

namespace RedisML.Importing;

/// <summary>What an import has to say of the values of a column.</summary>
/// <param name="Values">Different ones, the first few.</param>
/// <param name="Line">Where the first one stands.</param>
sealed record NoteTally(int Column, NoteKind Kind, IReadOnlyList<string> Values, long Count, string File, long Line);

/// <summary>Adds up what the parts of a source have noted, and puts it into words.</summary>
/// <param name="resumeFrom">Where the import goes on.</param>
sealed class ImportNotes(RowSource source, IReadOnlyList<SourceColumn> columns, ImportCheckpoint? resumeFrom)
{
    const int MaxShownValues = 5;

    readonly Dictionary<(int, NoteKind), NoteTally> _tallies = (resumeFrom?.Notes ?? []).ToDictionary(t => (t.Column, t.Kind));
    readonly long[] _values = resumeFrom?.Values?.ToArray() ?? new long[columns.Count];

    public IReadOnlyList<NoteTally> Tallies => [.. _tallies.Values];

    /// <summary>Values that are there, one number a column.</summary>
    public IReadOnlyList<long> Values => _values;

    /// <param name="line">Where the part starts in <paramref name="file"/>.</param>
    public void Add(IReadOnlyList<ValueNote> notes, IReadOnlyList<ColumnStatistics>? statistics, string file, long line)
    {
        for (int i = 0; i < statistics?.Count; i++) _values[i] += statistics[i].Count;
        foreach (var note in notes)
        {
            var known = _tallies.GetValueOrDefault((note.Column, note.Kind))
                ?? new(note.Column, note.Kind, [], 0, file, line + note.Line - 1);
            if (known.File == file && line + note.Line - 1 < known.Line)
                known = known with { Line = line + note.Line - 1, Values = [note.Value, .. known.Values.Where(v => v != note.Value)] };
            bool isNew = note.Value != "" && known.Values.Count < MaxShownValues && !known.Values.Contains(note.Value);
            _tallies[(note.Column, note.Kind)] = known with
            {
                Count = known.Count + note.Count,
                Values = isNew ? [.. known.Values, note.Value] : known.Values,
            };
        }
    }

    /// <summary>The columns of which nothing but spellings of missing values was seen: then they are their text.</summary>
    public IReadOnlyList<int> OnlyMissing =>
        [.. _tallies.Values.Where(t => t.Kind == NoteKind.TakenForMissing && columns[t.Column].Type is null).Select(t => t.Column)];

    public IReadOnlyList<string> Warnings()
    {
        var missing = _tallies.Values.Where(t => t.Kind == NoteKind.TakenForMissing).OrderBy(t => t.Column).ToList();
        var misfits = _tallies.Values.Where(t => t.Kind == NoteKind.Misfit && 2 * t.Count <= _values[t.Column]
            && columns[t.Column].ForeignNumber is null).OrderBy(t => t.Column);
        return [.. missing.Count == 0 ? [] : new[] { MissingWarning(missing) },
            .. misfits.Select(MisfitWarning),
            .. columns.Where(c => c is { ForeignNumber: not null, Type.IsText: true })
                .Select(c => ForeignWarning(c.Name, c.ForeignNumber!))];
    }

    string MissingWarning(List<NoteTally> tallies)
    {
        var first = tallies.MinBy(t => t.Line)!;
        string counts = string.Join(", ", tallies.Select(t => $"{t.Count:N0} in column '{columns[t.Column].Name}' ({Quoted(t)})"));
        return $"Taken for missing values: {counts}; the first in {Place(first)}. -NullValue says what is missing, and then nothing else " +
            "is but an empty field.";
    }

    string MisfitWarning(NoteTally tally)
    {
        var column = columns[tally.Column];
        if (IsForeign(tally)) return ForeignWarning(column.Name, tally.Values[0]);
        string name = column.Name.Replace("'", "''"), verb = tally.Count == 1 ? "isn't" : "aren't", all = tally.Count > tally.Values.Count
            ? ", …" : "";
        return $"Column '{column.Name}' is text (Utf8): {tally.Count:N0} of {_values[tally.Column]:N0} values {verb} {column.Almost}, " +
            $"the first {(tally.Values.Count > 0 ? $"'{tally.Values[0]}'" : "an empty text")} in {Place(tally)}. " +
            $"If they stand for missing values: -NullValue {Quoted(tally)}{all}; if they are faults: -Schema @{{ '{name}' = " +
            $"'{column.Almost}' }} with -BadRow Skip or Quarantine; if it is text: -Schema @{{ '{name}' = 'Utf8' }}.";
    }

    /// <summary>Whether the culprits themselves are numbers, as a culture writes them.</summary>
    static bool IsForeign(NoteTally tally) =>
        tally.Values.Count > 0 && tally.Values.All(v => NumberCulture.LooksForeign(Encoding.UTF8.GetBytes(v)));

    static string ForeignWarning(string column, string example) =>
        $"Column '{column}' is text (Utf8): its values look like numbers of a culture, such as '{example}'. -Culture " +
        "reads them, such as de-DE with a decimal comma, en-US with groups by commas; if it is text: -Schema @{ " +
        $"'{column.Replace("'", "''")}' = 'Utf8' }}.";

    string Place(NoteTally tally) =>
        tally.File == source.Name ? $"{source.RowName} {tally.Line:N0}" : $"'{tally.File}', {source.RowName} {tally.Line:N0}";

    /// <summary>The texts as PowerShell writes them; an empty one isn't among them.</summary>
    static string Quoted(NoteTally tally) =>
        tally.Values.Count == 0 ? "''" : string.Join(", ", tally.Values.Select(v => $"'{v.Replace("'", "''")}'"));
}
