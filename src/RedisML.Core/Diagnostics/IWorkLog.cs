namespace RedisML.Diagnostics;

/// <summary>Takes what somebody who looks for a cause wants to know of the work that goes on. Called from any thread.</summary>
public interface IWorkLog
{
    /// <summary>Whether somebody reads what <see cref="Step"/> is told.</summary>
    bool TakesSteps { get; }

    /// <summary>Whether somebody reads what <see cref="Command"/> is told.</summary>
    bool TakesCommands { get; }

    /// <summary>What was found, decided or waited for, in a sentence.</summary>
    void Step(string text);

    /// <summary>A command to Redis, its values cut.</summary>
    void Command(string text);
}
