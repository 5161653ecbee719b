using System.Collections;
using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Models;
using RedisML.Training.Scripts;

namespace RedisML.PowerShell.Training;

/// <summary>A worker's copy of a training script.</summary>
sealed class ScriptWorker(int number, ScriptBlock body, WorkerJob job, ScriptHost host)
{
    internal const string LossName = "Loss";

    readonly TrainingScriptContext _context = new(number, job, host);

    internal ScriptOutcome Run(TrainingBatch batch, IReadOnlyDictionary<string, object> parameters, ScriptStep step)
    {
        _context.Enter(step);
        try
        {
            return Outcome(body.Invoke(batch, parameters, _context));
        }
        catch (PipelineStoppedException)
        {
            throw new OperationCanceledException();
        }
        catch (RuntimeException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>The last dictionary of the output; the rest is the job's.</summary>
    ScriptOutcome Outcome(IReadOnlyList<PSObject?> output)
    {
        int last = output.Count - 1;
        while (last >= 0 && output[last]?.BaseObject is not IDictionary) last--;
        for (int i = 0; i < output.Count; i++)
        {
            if (i != last && output[i] is { } other) job.Output.Add(other);
        }
        double? loss = null;
        var values = new Dictionary<string, double[]>(StringComparer.OrdinalIgnoreCase);
        if (last < 0) return new(loss, values);
        foreach (DictionaryEntry entry in (IDictionary)output[last]!.BaseObject)
        {
            string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            if (name.Equals(LossName, StringComparison.OrdinalIgnoreCase)) loss = LanguagePrimitives.ConvertTo<double>(value);
            else values[name] = value as double[] ?? ParameterConverter.ToParameter(value, name).ToDoubles();
        }
        return new(loss, values);
    }

    /// <summary>The longest part of a script that a message quotes, in characters.</summary>
    const int QuotedLength = 120;

    RedisMLException Failed(RuntimeException exception)
    {
        var error = exception.ErrorRecord;
        // What Write-Error stops is told of where the script was called, which is here: the script's own place is in its stack.
        var invocation = error?.InvocationInfo is { } said && (said.ScriptName is { Length: > 0 }
            || body.ToString().Contains(said.Line.Trim(), StringComparison.Ordinal)) ? said : null;
        var place = invocation is null ? $" {error?.ScriptStackTrace?.Split('\n')[0].TrimEnd()}".TrimEnd()
            : string.IsNullOrEmpty(invocation.ScriptName)
            ? $" at line {invocation.ScriptLineNumber}, column {invocation.OffsetInLine} of the script block"
            : $" at {invocation.ScriptName}:{invocation.ScriptLineNumber}:{invocation.OffsetInLine}";
        return new("ScriptFailed", ErrorKind.InvalidOperation,
            $"The script failed in worker {number}{place}: {(error?.Exception ?? exception).Message}{Quote(invocation)}",
            error?.TargetObject, exception);
    }

    /// <summary>The first line of the statement that failed, in brackets: of a script in one line, not all the others beside it.</summary>
    static string Quote(InvocationInfo? invocation)
    {
        if (invocation is null) return "";
        // Newer than the library that this is compiled against.
        var said = PSObject.AsPSObject(invocation).Properties["Statement"]?.Value as string is { Length: > 0 } statement
            ? statement : invocation.Line;
        said = said.Trim().Split('\n')[0].TrimEnd();
        return said.Length == 0 ? "" : said.Length > QuotedLength ? $" ({said[..QuotedLength]}…)" : $" ({said})";
    }
}
