namespace RedisML.Host;

/// <summary>Ctrl+C as a key among others while a line is read, instead of a signal.</summary>
sealed class ControlC : IDisposable
{
    ControlC() => Console.TreatControlCAsInput = true;

    /// <summary>Until the result is disposed.</summary>
    public static ControlC AsInput() => new();

    public static bool IsPressed(ConsoleKeyInfo key) => key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control };

    public void Dispose() => Console.TreatControlCAsInput = false;
}
