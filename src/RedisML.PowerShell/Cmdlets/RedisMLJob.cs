using System.Management.Automation;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>What goes on when its cmdlet has ended, as a job; all of them have one view.</summary>
public abstract class RedisMLJob : Job
{
    private protected RedisMLJob(string command) : base(command) { }

    private protected RedisMLJob(string command, string name) : base(command, name) { }
}
