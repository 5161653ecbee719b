using System.Globalization;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Training;

/// <summary>The classes of a label, checked and ordered.</summary>
internal static class LabelClasses
{
    const int ClassesShown = 10;

    /// <summary>Numbers by value, text ordinal; the positive class last.</summary>
    public static string[] Order(TrainingSpecification specification, ModelTask task, ColumnType type, IEnumerable<string> found)
    {
        var classes = Categories.Order(type, found);
        if (classes.Length == 1)
        {
            throw Invalid("SingleClass",
                $"Every label in '{specification.Label}' is '{classes[0]}'; to tell classes apart takes two.", specification.Label);
        }
        if (task == ModelTask.Binary && classes.Length > 2)
        {
            throw Invalid("TooManyClasses",
                $"{specification.Algorithm} tells two classes apart and '{specification.Label}' has {classes.Length}; " +
                (specification.Options.Count > 0 ? "its options say so: leave them out." : "use Softmax."),
                specification.Label);
        }
        if (specification.PositiveClass is not { } positive) return classes;
        int index = Find(specification, type, classes, positive);
        return [.. classes.Where((_, i) => i != index), classes[index]];
    }

    /// <summary>For each class, what a row of it counts; null where the specification weighs no class.</summary>
    /// <param name="found">The weight of the rows of each class.</param>
    public static double[]? Weights(
        TrainingSpecification specification, ColumnType type, string[] classes, IReadOnlyDictionary<string, double> found)
    {
        if (specification.BalanceClasses)
        {
            double share = classes.Sum(name => found[name]) / classes.Length;
            return [.. classes.Select(name => share / found[name])];
        }
        if (specification.ClassWeights.Count == 0) return null;
        double[] weights = [.. classes.Select(_ => 1.0)];
        foreach (var (name, weight) in specification.ClassWeights) weights[Find(specification, type, classes, name)] = weight;
        return weights;
    }

    static int Find(TrainingSpecification specification, ColumnType type, string[] classes, string name)
    {
        int index = System.Array.IndexOf(classes, Normalize(type, name));
        if (index >= 0) return index;
        var names = string.Join(", ", classes.Take(ClassesShown).Select(known => $"'{known}'"));
        if (classes.Length > ClassesShown) names += ", …";
        throw Invalid("UnknownClass", $"'{name}' is no class of '{specification.Label}'; its classes are {names}.", name);
    }

    /// <summary>A class as the user may write it (1.0, True) in the form in which it is stored (1, true).</summary>
    static string Normalize(ColumnType type, string name)
    {
        if (type == ColumnType.Boolean && bool.TryParse(name, out bool boolean)) return Categories.Format(type, boolean ? 1 : 0);
        return type != ColumnType.Utf8 && double.TryParse(name, CultureInfo.InvariantCulture, out double number)
            ? Categories.Format(type, number) : name;
    }

    static RedisMLException Invalid(string errorId, string message, string target) => new(errorId, ErrorKind.InvalidData, message, target);
}
