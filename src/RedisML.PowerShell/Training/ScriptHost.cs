using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using RedisML.Errors;
using RedisML.Training.Scripts;

namespace RedisML.PowerShell.Training;

/// <summary>A training script and what it takes from the caller's session;
/// each worker's thread has a copy of it in a runspace of its own.</summary>
sealed class ScriptHost : ITrainingScript
{
    /// <summary>The name of the parameter by which PowerShell hands down the values of <c>$using:</c>.</summary>
    internal const string UsingParameter = "--%";

    [ThreadStatic]
    static ScriptWorker? t_worker;

    readonly ScriptBlockAst _body;
    readonly string _hash;
    readonly ConcurrentDictionary<string, (int Epoch, double Sum, int Count)> _metrics = new(StringComparer.OrdinalIgnoreCase);

    ScriptHost(ScriptBlockAst body, Dictionary<string, object?> usingValues, string hash) =>
        (_body, UsingValues, _hash) = (body, usingValues, hash);

    /// <summary>By the key under which PowerShell looks for the value of each <c>$using:</c>.</summary>
    internal Dictionary<string, object?> UsingValues { get; }

    /// <summary>Told of the mean of a metric whenever a script writes one: its name, the step, and the value.</summary>
    internal Action<string, long, double> Metric { private get; set; } = (_, _, _) => { };

    /// <summary>A copy of a script block that belongs to no runspace, with the values of its <c>$using:</c> expressions.</summary>
    internal static ScriptHost Of(ScriptBlock script, SessionState session)
    {
        var body = (ScriptBlockAst)script.Ast;
        var values = new Dictionary<string, object?>();
        foreach (UsingExpressionAst expression in body.FindAll(ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true))
            values[Key(expression)] = ValueOf(expression, session);
        return new(body, values, ScriptSpecification.HashOf(script.ToString()));
    }

    /// <summary>The script of a run that another process started: what lies in Redis runs only if this user gave it,
    /// or named its hash.</summary>
    /// <param name="own">What the user gave; null for nothing.</param>
    /// <param name="allowed">The hash that the user was told by whoever started the run; null for none.</param>
    /// <exception cref="RedisMLException">
    /// <c>ScriptNotAllowed</c>, <c>ScriptMismatch</c>; <c>ScriptNotShared</c>: it uses variables of that process.
    /// </exception>
    internal static ScriptHost Of(ScriptSpecification script, ScriptHost? own, string? allowed)
    {
        if (own is not null && own._hash != script.Hash)
            throw new RedisMLException("ScriptMismatch", ErrorKind.PermissionDenied,
                $"The run's script isn't the one of -ScriptBlock, so that it isn't run here: its hash is {script.Hash}, and that of " +
                $"-ScriptBlock {own._hash}. It is:\n{script.Text}", script.Text);
        if (own is not null) return own;
        if (allowed is null || !allowed.Equals(script.Hash, StringComparison.OrdinalIgnoreCase))
            throw new RedisMLException("ScriptNotAllowed", ErrorKind.PermissionDenied,
                $"The run trains by a script, and whoever may write to Redis may have written it: it runs here only if you " +
                $"{(allowed is null ? "allow" : "allowed")} it. " +
                $"Give it as -ScriptBlock, or -AllowScript with the hash that the starting node showed. The hash of this one is " +
                $"{script.Hash}, and it is:\n{script.Text}", script.Text);
        var body = (ScriptBlockAst)ScriptBlock.Create(script.Text).Ast;
        if (body.Find(ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true) is not { } expression)
            return new(body, [], script.Hash);
        throw new RedisMLException("ScriptNotShared", ErrorKind.InvalidOperation,
            $"The run's script uses {expression.Extent.Text}, which only the process that started it knows: give it here as " +
            "-ScriptBlock, where there is such a variable.",
            expression.Extent.Text);
    }

    /// <summary>Makes the calling thread a worker's, as long as <paramref name="work"/> runs on it.</summary>
    internal void Work(int number, WorkerJob job, Action work)
    {
        t_worker = new(number, _body.GetScriptBlock(), job, this);
        try
        {
            work();
        }
        finally
        {
            t_worker = null;
        }
    }

    public ScriptOutcome Run(TrainingBatch batch, IReadOnlyDictionary<string, object> parameters, ScriptStep step) =>
        t_worker!.Run(batch, parameters, step);

    /// <summary>Adds a value to the mean of a metric over the batches of an epoch.</summary>
    internal void WriteMetric(string name, int epoch, double value)
    {
        var (_, sum, count) = _metrics.AddOrUpdate(name, (epoch, value, 1), (_, old) =>
            old.Epoch == epoch ? (epoch, old.Sum + value, old.Count + 1) : (epoch, value, 1));
        Metric(name, epoch + 1, sum / count);
    }

    /// <summary>The key that PowerShell makes of the expression's text; a variable's case doesn't count.</summary>
    static string Key(UsingExpressionAst expression)
    {
        var text = expression.ToString();
        if (expression.SubExpression is VariableExpressionAst) text = text.ToLowerInvariant();
        return Convert.ToBase64String(Encoding.Unicode.GetBytes(text));
    }

    /// <summary>The expression as the caller would write it.</summary>
    static string InCaller(UsingExpressionAst expression) =>
        expression.Extent.Text.Replace("using:", "", StringComparison.OrdinalIgnoreCase);

    static object? ValueOf(UsingExpressionAst expression, SessionState session)
    {
        var path = UsingExpressionAst.ExtractUsingVariable(expression).VariablePath.UserPath;
        return expression.SubExpression is VariableExpressionAst
            ? session.PSVariable.GetValue(path)
            : session.InvokeCommand.InvokeScript(session, ScriptBlock.Create(InCaller(expression))) is [var single] ? single : null;
    }
}
