using System.Collections;
using System.Management.Automation;

namespace RedisML.PowerShell.Outputs;

/// <summary>On a parameter that takes what a cmdlet has returned: it gets the object that the output was made of.</summary>
public sealed class SourceAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is IList list ? list.Cast<object?>().Select(OutputObject.Source).ToArray() : OutputObject.Source(inputData);
}
