using System.Management.Automation;
using System.Security;

namespace RedisML.Host;

/// <summary>Reads a secret, showing a star for each character where it is typed.</summary>
static class SecretReader
{
    /// <summary>Null at the end of the input.</summary>
    public static SecureString? Read() => Console.IsInputRedirected ? ReadRedirected() : ReadKeys();

    static SecureString? ReadRedirected()
    {
        if (Console.In.ReadLine() is not { } line) return null;
        var secret = new SecureString();
        foreach (char c in line) secret.AppendChar(c);
        return secret;
    }

    static SecureString ReadKeys()
    {
        var secret = new SecureString();
        using var control = ControlC.AsInput();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (ControlC.IsPressed(key))
            {
                Console.Out.WriteLine();
                throw new PipelineStoppedException();
            }
            else if (key.Key == ConsoleKey.Enter)
            {
                Console.Out.WriteLine();
                return secret;
            }
            else if (key.Key == ConsoleKey.Backspace)
            {
                if (secret.Length == 0) continue;
                secret.RemoveAt(secret.Length - 1);
                Console.Out.Write("\b \b");
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.AppendChar(key.KeyChar);
                Console.Out.Write('*');
            }
        }
    }
}
