using System.Collections;
using System.Globalization;
using System.Management.Automation;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Evaluation;
using RedisML.Models;

namespace RedisML.PowerShell.Models;

// A gate for a pipeline step: what a model has to reach, and an error where it doesn't.
public sealed partial class TestRedisModelCommand
{
    EvaluationResult? _reference;

    [Parameter]
    [ArgumentCompleter(typeof(FigureCompleter))]
    public IDictionary? Minimum { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(FigureCompleter))]
    public IDictionary? Maximum { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string? NotWorseThan { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(FigureCompleter))]
    public string? Figure { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Writes the figures, and judges them where there is something to reach.</summary>
    void Judge(Model model, EvaluationResult result)
    {
        if (Minimum is null && Maximum is null && NotWorseThan is null && !PassThru)
        {
            WriteObject(ToReport(result));
            return;
        }
        IReadOnlyList<string> problems = [];
        try
        {
            var gate = new EvaluationGate { Minimum = Limits(Minimum), Maximum = Limits(Maximum), Figure = Figure };
            problems = gate.Problems(result, NotWorseThan is null ? null : _reference ??= EvaluateReference(NotWorseThan));
        }
        catch (RedisMLException e)
        {
            Fail(e);
        }
        if (PassThru)
        {
            WriteObject(new GateResult(model.Name, model.Version, Dataset, problems.Count == 0, problems, ToReport(result)));
            return;
        }
        WriteObject(ToReport(result));
        Log(log => log.AddSummary(GateSummary.Of(model, Dataset, result, problems)));
        if (problems.Count > 0) Reject(model, problems);
    }

    /// <summary>Ends the script, as <c>throw</c> does, whatever its preference for errors: a build must not go on.</summary>
    void Reject(Model model, IReadOnlyList<string> problems)
    {
        var error = new RedisMLException("ModelRejected", ErrorKind.LimitsExceeded,
            $"Model '{model.Name}', version {model.Version}, isn't good enough on dataset '{Dataset}': {string.Join("; ", problems)}.",
            model.Name);
        var record = ToErrorRecord(error);
        Log(log => log.Error(error.Message));
        throw new RuntimeException(error.Message, error, record) { WasThrownFromThrowStatement = true };
    }

    EvaluationResult EvaluateReference(string text)
    {
        Model model = null!;
        Run(async (connection, cancellation) =>
            model = await new ModelStore(connection).GetAsync(ModelReference.Parse(text), cancellation).ConfigureAwait(false));
        return Evaluate(model, mayPassOver: false)!;
    }

    Dictionary<string, double> Limits(IDictionary? given)
    {
        var limits = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in given ?? new Hashtable())
        {
            if (LanguagePrimitives.TryConvertTo(entry.Value, CultureInfo.InvariantCulture, out double limit))
                limits[$"{entry.Key}"] = limit;
            else throw new RedisMLException("InvalidLimit", ErrorKind.InvalidArgument,
                $"'{entry.Value}' is no number that {entry.Key} could reach.", entry.Key);
        }
        return limits;
    }

    /// <summary>Notes the figures beside the version; one that may not write, as on a replica, tests all the same.</summary>
    async Task NoteAsync(RedisMLConnection connection, Model model, Dataset dataset, EvaluationResult result,
        CancellationToken cancellation)
    {
        try
        {
            await new ModelStore(connection).NoteEvaluationAsync(model,
                new(dataset.Name, dataset.Version, result.Rows, DateTimeOffset.UtcNow, EvaluationFigures.Known(result)), cancellation)
                    .ConfigureAwait(false);
        }
        catch (Exception e) when (RedisErrors.Translate(e, connection.Endpoint) is { } error)
        {
            PostVerbose($"The figures weren't noted beside the model: {error.Message}");
        }
    }
}
