using System.Management.Automation;
using RedisML.Evaluation;

namespace RedisML.PowerShell.Models;

/// <summary>How well a model predicts classes, with the confusion matrix as rows that read in a table, in JSON and in CSV.</summary>
public sealed class ClassificationReport
{
    readonly ClassificationResult _result;

    internal ClassificationReport(ClassificationResult result, bool isWeighted)
    {
        _result = result;
        ConfusionMatrix = ConfusionTable.Rows(result.ConfusionMatrix, isWeighted);
    }

    public string? Model => _result.Model;

    public long? ModelVersion => _result.ModelVersion;

    public string? Dataset => _result.Dataset;

    public long Rows => _result.Rows;

    public double Weight => _result.Weight;

    public long RowsWithoutLabel => _result.RowsWithoutLabel;

    public long RowsWithoutPrediction => _result.RowsWithoutPrediction;

    public long RowsOfUnknownClass => _result.RowsOfUnknownClass;

    public long UnseenValues => _result.UnseenValues;

    public double? Accuracy => _result.Accuracy;

    public double? BalancedAccuracy => _result.BalancedAccuracy;

    public double? Baseline => _result.Baseline;

    public string? BaselineClass => _result.BaselineClass;

    public double? MacroF1 => _result.MacroF1;

    public double? LogLoss => _result.LogLoss;

    public double? Auc => _result.Auc;

    public double? AucBound => _result.AucBound;

    public double? Threshold => _result.Threshold;

    public string? PositiveClass => _result.PositiveClass;

    public double? Precision => _result.Precision;

    public double? Recall => _result.Recall;

    public double? F1 => _result.F1;

    /// <summary>The figures of each class.</summary>
    public IReadOnlyList<ClassFigures> Classes => _result.Classes;

    /// <summary>A row a class of the label: <c>Actual</c>, and for each class that can be predicted how often it was.</summary>
    public IReadOnlyList<PSObject> ConfusionMatrix { get; }
}
