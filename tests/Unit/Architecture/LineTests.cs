using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Architecture;

/// <summary>Lines of code and documents end at 140 columns, so that two files stand side by side.</summary>
public sealed class LineTests
{
    const int Columns = 140;

    [Fact]
    public void Lines_end_at_140()
    {
        var root = HostedEngine.ProjectRoot;
        var files = new[] { "src", "tests", "samples" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            .ToList();
        Assert.InRange(files.Count, 300, int.MaxValue);
        Assert.Empty(files.SelectMany(file =>
            LongLines(File.ReadAllLines(file)).Select(line => $"{Path.GetRelativePath(root, file)}:{line}")));
    }

    /// <summary>Rows of tables aside, which can't be broken.</summary>
    [Fact]
    public void Lines_of_documents_end_at_140()
    {
        var root = HostedEngine.ProjectRoot;
        string[] files = [.. Directory.EnumerateFiles(root, "*.md"),
            .. Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)];
        Assert.InRange(files.Length, 80, int.MaxValue);
        Assert.Empty(files.SelectMany(file => File.ReadAllLines(file).Index()
            .Where(line => line.Item.Length > Columns && !line.Item.StartsWith('|'))
            .Select(line => $"{Path.GetRelativePath(root, file)}:{line.Index + 1}")));
    }

    /// <summary>What a raw string holds is another language's text, and stays as that has it.</summary>
    [Fact]
    public void Text_of_other_languages_is_left_alone()
    {
        var longLine = new string('x', Columns + 1);
        Assert.Equal([1, 5], LongLines([longLine, "var text = \"\"\"", longLine, "    \"\"\";", longLine, $"\"\"\"{longLine}\"\"\""]));
    }

    static IEnumerable<int> LongLines(string[] lines)
    {
        bool isRaw = false;
        for (int i = 0; i < lines.Length; i++)
        {
            int quotes = lines[i].Split("\"\"\"").Length - 1;
            if (lines[i].Length > Columns && !isRaw && quotes == 0) yield return i + 1;
            if (quotes % 2 == 1) isRaw = !isRaw;
        }
    }
}
