namespace RedisML.Runs;

/// <summary>The phases of a run, as its control hash spells them.</summary>
internal static class RunPhase
{
    /// <summary>The members of a new generation get ready.</summary>
    public const string Form = "form";

    public const string Run = "run";

    /// <summary>There are too few nodes.</summary>
    public const string Pause = "pause";

    public const string Done = "done";
    public const string Failed = "failed";
    public const string Stopped = "stopped";

    public static bool IsEnd(string phase) => phase is Done or Failed or Stopped;
}
