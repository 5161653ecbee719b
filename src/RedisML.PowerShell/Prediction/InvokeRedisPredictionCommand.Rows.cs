using System.Collections;
using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Outputs;
using RedisML.Prediction;

namespace RedisML.PowerShell.Prediction;

// Rows that come one by one: each is answered before the next is taken, so that a pipeline streams.
public sealed partial class InvokeRedisPredictionCommand
{
    readonly Dictionary<string, bool> _isKept = new(StringComparer.OrdinalIgnoreCase);
    RowBuffer? _buffer;
    object?[] _values = [];
    string[] _inputNames = [];
    Func<string, bool>? _keeps;
    long _objects;

    RowBuffer Buffer
    {
        get
        {
            if (_buffer is not null) return _buffer;
            _buffer = new(_predictor.Signature);
            _inputNames = [.. _buffer.Inputs.Select(input => input.Name)];
            _values = new object?[_inputNames.Length];
            return _buffer;
        }
    }

    void PredictObject(PSObject value)
    {
        _objects++;
        var buffer = Buffer;
        Fill(value);
        buffer.Clear();
        if (buffer.TryAdd(_values) is { } problem)
        {
            WriteError(ToErrorRecord(NotPredicted($"Object {_objects:N0}", problem, value)));
            return;
        }
        if (TryPredict(buffer) is not { } predictions) return;
        Warn(predictions);
        var result = CustomObject.Create(_columns.Names.Count);
        if (KeepColumn.Length > 0) Keep(value, result);
        AddPrediction(result, predictions, 0);
        WriteObject(result);
    }

    /// <summary>Null where the model fails, which ends the cmdlet.</summary>
    Predictions? TryPredict(RowBuffer buffer)
    {
        try
        {
            return _predictor.Predict(buffer.ToBatch());
        }
        catch (RedisMLException e)
        {
            Fail(e);
            return null;
        }
    }

    /// <summary>Takes the inputs of the model from a dictionary's keys, or another object's properties.</summary>
    void Fill(PSObject value)
    {
        if (value.BaseObject is IDictionary dictionary)
        {
            for (int i = 0; i < _values.Length; i++)
                _values[i] = dictionary.Contains(_inputNames[i]) ? ObjectFields.Plain(dictionary[_inputNames[i]]) : RowBuffer.Absent;
            return;
        }
        var properties = value.Properties;
        for (int i = 0; i < _values.Length; i++)
            _values[i] = properties[_inputNames[i]] is { } property ? ObjectFields.ValueOf(property) : RowBuffer.Absent;
    }

    void Keep(PSObject value, PSObject result)
    {
        if (value.BaseObject is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
                if (Keeps($"{entry.Key}")) result.Add($"{entry.Key}", entry.Value);
            return;
        }
        foreach (var property in value.Properties)
            if (Keeps(property.Name)) result.Add(property.Name, ObjectFields.ValueOf(property));
    }

    bool Keeps(string name)
    {
        if (_isKept.TryGetValue(name, out bool keeps)) return keeps;
        keeps = (_keeps ??= NamePattern.AnyOf(KeepColumn))(name);
        if (keeps && _columns.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            Fail(new("ColumnExists", ErrorKind.ResourceExists, $"'{name}' can't be kept beside the prediction, which has that name.",
                name));
        return _isKept[name] = keeps;
    }

    void PredictKeys() => Run(async (connection, cancellation) =>
    {
        var buffer = Buffer;
        await foreach (var (key, values) in new HashRows(connection, _predictor.Signature).ReadAsync(Key, cancellation)
            .ConfigureAwait(false))
        {
            buffer.Clear();
            if (values is null)
            {
                PostError(new("KeyNotFound", ErrorKind.ObjectNotFound, $"There is no hash '{key}' in Redis. Keys are case-sensitive, and " +
                    "whole: with whatever prefix the program gave them.", key));
                continue;
            }
            if (buffer.TryAdd(values) is { } problem)
            {
                PostError(NotPredicted($"The hash '{key}'", problem, key));
                continue;
            }
            var predictions = _predictor.Predict(buffer.ToBatch());
            var result = CustomObject.Create(1 + _columns.Names.Count);
            result.Add(nameof(Key), key);
            AddPrediction(result, predictions, 0);
            Post(() =>
            {
                Warn(predictions);
                WriteObject(result);
            });
        }
    });
}
