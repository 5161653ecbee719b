using System.Collections.ObjectModel;
using System.Management.Automation;

namespace RedisML.Host;

/// <summary>Completes paths, for which the engine relies on a module that isn't here.</summary>
static class PathCompletion
{
    const string WordBreaks = " \t'\"=,;(){}|";

    /// <summary>The files and folders whose path begins with the word before the cursor.</summary>
    public static CommandCompletion Complete(string text, int cursor)
    {
        int start = cursor == 0 ? 0 : text.LastIndexOfAny(WordBreaks.ToCharArray(), cursor - 1) + 1;
        var word = text[start..cursor];
        var folder = word[..(word.LastIndexOfAny(['/', Path.DirectorySeparatorChar]) + 1)];
        bool quoted = start > 0 && text[start - 1] is '\'' or '"';
        var matches = new Collection<CompletionResult>();
        if (word.Length == 0 || !Directory.Exists(Path.GetFullPath(folder))) return new(matches, -1, start, word.Length);
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path.GetFullPath(folder), word[folder.Length..] + "*").Order())
        {
            var path = folder + Path.GetFileName(entry);
            matches.Add(new(quoted || !path.Contains(' ') ? path : $"'{path}'"));
        }
        return new(matches, -1, start, word.Length);
    }
}
