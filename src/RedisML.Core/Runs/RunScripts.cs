namespace RedisML.Runs;

/// <summary>The scripts by which a run changes and is read: each is atomic, and may be repeated where its reply was lost.</summary>
internal static class RunScripts
{
    public static readonly string Propose = Read("propose"), Ready = Read("ready"), Arrive = Read("arrive"), Half = Read("half"),
        Beat = Read("beat"), Look = Read("look"), Point = Read("point"), End = Read("end"), Stop = Read("stop");

    static string Read(string name)
    {
        using var reader = new StreamReader(typeof(RunScripts).Assembly.GetManifestResourceStream($"{name}.lua")!);
        return reader.ReadToEnd();
    }
}
