namespace RedisML.Expressions;

/// <summary>What a <see cref="CallNode"/> does with its arguments; operators and functions alike.</summary>
enum Operation
{
    Negate,
    Add,
    Subtract,
    Multiply,
    Divide,

    /// <summary>The remainder, with the sign of the dividend.</summary>
    Remainder,
    Power,

    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    // Of three values: false and missing is false, true or missing is true, else missing stays missing.
    And,
    Or,
    Not,

    Abs,
    Sqrt,
    Log,
    Log10,
    Log1P,
    Exp,
    Floor,
    Ceiling,

    /// <summary>Rounds, halves to the even neighbour.</summary>
    Round,
    Sin,
    Cos,
    Minimum,
    Maximum,

    /// <summary>Condition, value if true, value if false; missing where the condition is.</summary>
    If,
    IsNull,

    /// <summary>The first argument, or the second where that is missing.</summary>
    Coalesce,

    // Parts of a date or timestamp, on the clock of its zone.
    Year,
    Month,
    Day,
    Hour,
    Minute,

    /// <summary>Sunday is 0.</summary>
    DayOfWeek,

    /// <summary>From 1.</summary>
    DayOfYear,

    /// <summary>Seconds since 1970.</summary>
    Epoch,

    // Of a text, and constants.
    Lower,
    Upper,
    Trim,
    Replace,

    /// <summary>From a character, counted from 0, on; at most so many.</summary>
    Substring,
    Length,
    Contains,
    StartsWith,
    EndsWith,

    /// <summary>Whether a text matches PowerShell's wildcards.</summary>
    Like,

    /// <summary>Whether the first argument is one of the constants behind it.</summary>
    In,
}

/// <summary>A function by the name that expressions call it.</summary>
/// <param name="Arguments">How many arguments it takes.</param>
/// <param name="Optional">How many more it may take.</param>
/// <param name="Folds">Whether it takes more, as nested calls: <c>max(a, b, c)</c> is <c>max(max(a, b), c)</c>.</param>
sealed record Function(string Name, Operation Operation, int Arguments, bool Folds = false, int Optional = 0)
{
    static readonly Function[] s_all =
    [
        new("abs", Operation.Abs, 1), new("sqrt", Operation.Sqrt, 1), new("exp", Operation.Exp, 1),
        new("log", Operation.Log, 1), new("log10", Operation.Log10, 1), new("log1p", Operation.Log1P, 1),
        new("floor", Operation.Floor, 1), new("ceil", Operation.Ceiling, 1), new("round", Operation.Round, 1),
        new("sin", Operation.Sin, 1), new("cos", Operation.Cos, 1), new("pow", Operation.Power, 2),
        new("min", Operation.Minimum, 2, Folds: true), new("max", Operation.Maximum, 2, Folds: true),
        new("if", Operation.If, 3), new("isnull", Operation.IsNull, 1), new("coalesce", Operation.Coalesce, 2, Folds: true),
        new("year", Operation.Year, 1), new("month", Operation.Month, 1), new("day", Operation.Day, 1),
        new("hour", Operation.Hour, 1), new("minute", Operation.Minute, 1), new("dayofweek", Operation.DayOfWeek, 1),
        new("dayofyear", Operation.DayOfYear, 1), new("epoch", Operation.Epoch, 1),
        new("lower", Operation.Lower, 1), new("upper", Operation.Upper, 1), new("trim", Operation.Trim, 1),
        new("length", Operation.Length, 1),
        new("contains", Operation.Contains, 2), new("startswith", Operation.StartsWith, 2), new("endswith", Operation.EndsWith, 2),
        new("substring", Operation.Substring, 2, Optional: 1), new("replace", Operation.Replace, 3),
    ];

    internal static IEnumerable<string> Names => s_all.Select(f => f.Name);

    internal static Function? Find(string name) => Array.Find(s_all, f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
