using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.Serving;

namespace RedisML.PowerShell.Prediction;

// Rows that a service answers, wherever its instances run.
public sealed partial class InvokeRedisPredictionCommand
{
    PredictionClient? _client;

    public void Dispose()
    {
        if (_client is not { } client) return;
        _client = null;
        // Nobody waits for the connection to close.
        _ = client.DisposeAsync().AsTask();
    }

    void AskService(PSObject value)
    {
        _objects++;
        var features = ObjectFields.Of(value).ToList();
        Run(async (_, cancellation) =>
        {
            try
            {
                var answer = await _client!.AskAsync(features, TimeSpan.FromSeconds(Timeout), cancellation).ConfigureAwait(false);
                PostObject(answer);
            }
            catch (RedisMLException e) when (e.Kind == ErrorKind.InvalidData)
            {
                PostError(new(e.ErrorId, e.Kind, $"Object {_objects:N0}: {e.Message}", value));
            }
        });
    }
}
