using System.Management.Automation;
using RedisML.Evaluation;
using RedisML.PowerShell.Outputs;

namespace RedisML.PowerShell.Models;

/// <summary>A confusion matrix as objects.</summary>
static class ConfusionTable
{
    const string Actual = "Actual";

    /// <param name="isWeighted">Whether counts are sums of weights, and may be fractions.</param>
    internal static PSObject[] Rows(ConfusionMatrix matrix, bool isWeighted)
    {
        var names = Names(matrix.Classes);
        return [.. matrix.Actual.Select((actual, row) =>
        {
            var result = CustomObject.Create(1 + names.Length);
            result.Add(Actual, actual);
            for (int column = 0; column < names.Length; column++)
                result.Add(names[column], isWeighted ? matrix[row, column] : (object)(long)matrix[row, column]);
            return result;
        })];
    }

    /// <summary>A property a class. A name that PowerShell can't tell from another, or doesn't take, has a number behind it.</summary>
    static string[] Names(IReadOnlyList<string> classes)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Actual };
        return [.. classes.Select((name, i) =>
        {
            string free = name;
            for (int number = 2; free.Length == 0 || !taken.Add(free); number++) free = $"{name}_{number}";
            return free;
        })];
    }
}
