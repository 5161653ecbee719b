using System.Collections;
using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Models;
using RedisML.Training.Scripts;

namespace RedisML.PowerShell.Training;

/// <summary>Training code of the user's.</summary>
public sealed partial class StartRedisDistributedTrainingCommand
{
    const string BuiltInSet = "BuiltIn";
    const string ScriptSet = "Script";

    ScriptHost? _host;

    [Parameter(Mandatory = true, ParameterSetName = ScriptSet)]
    public ScriptBlock? ScriptBlock { get; set; }

    [Parameter(ParameterSetName = ScriptSet)]
    public IDictionary InitialParameter { get; set; } = new Hashtable();

    [Parameter(ParameterSetName = ScriptSet)]
    public ScriptReduction Reduce { get; set; }

    /// <summary>What the script trains; its <c>$using:</c> variables are read here, on the pipeline's thread.</summary>
    ScriptSpecification? Script()
    {
        if (ScriptBlock is null) return null;
        _host = ScriptHost.Of(ScriptBlock, SessionState);
        return new() { Text = ScriptBlock.ToString(), Reduction = Reduce, InitialParameters = InitialParameters() };
    }

    List<InitialParameter> InitialParameters()
    {
        var parameters = new List<InitialParameter>();
        foreach (DictionaryEntry entry in InitialParameter)
        {
            string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (name.Equals(ScriptWorker.LossName, StringComparison.OrdinalIgnoreCase))
            {
                throw new RedisMLException("InitialParameterInvalid", ErrorKind.InvalidArgument,
                    "A parameter can't be called Loss: by that name a script returns the loss of its rows.", name);
            }
            var value = ParameterConverter.ToParameter(entry.Value, name);
            parameters.Add(new(new(name, value.Shape), value.ToDoubles()));
        }
        parameters.Sort((a, b) => string.CompareOrdinal(a.Parameter.Name, b.Parameter.Name));
        return parameters;
    }
}
