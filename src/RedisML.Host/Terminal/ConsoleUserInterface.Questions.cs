using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace RedisML.Host;

// What the engine asks. Answers come from the keyboard, or line by line from redirected input.
sealed partial class ConsoleUserInterface
{
    /// <summary>Ctrl+C was pressed instead of an answer.</summary>
    public event Action? Interrupted;

    public override string ReadLine() => ReadAnswer() ?? "";

    public override SecureString ReadLineAsSecureString() => ReadSecret() ?? new SecureString();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        Introduce(caption, message);
        return descriptions.ToDictionary(field => field.Name, field => new PSObject(AskFor(field)));
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Introduce(caption, message);
        var keys = choices.Select(HotKey).ToList();
        var menu = string.Concat(choices.Select((choice, i) => $"[{keys[i]}] {Label(choice)}  "));
        var question = $"{menu}[?] Help{(defaultChoice < 0 ? "" : $" (default is \"{keys[defaultChoice]}\")")}: ";
        while (true)
        {
            var answer = Ask(question, message).Trim();
            if (answer.Length == 0 && defaultChoice >= 0) return defaultChoice;
            for (int i = 0; i < choices.Count; i++)
                if (answer.Equals(keys[i], StringComparison.OrdinalIgnoreCase)
                    || answer.Equals(Label(choices[i]), StringComparison.OrdinalIgnoreCase)) return i;
            if (answer == "?")
                for (int i = 0; i < choices.Count; i++) WriteLine($"{keys[i]} - {choices[i].HelpMessage}");
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        Introduce(caption, message);
        if (string.IsNullOrEmpty(userName)) userName = Ask("User: ");
        return new(userName, AskSecret($"Password for user {userName}: "));
    }

    object? AskFor(FieldDescription field)
    {
        var type = field.ParameterTypeName;
        if (type == nameof(SecureString)) return AskSecret($"{field.Name}: ");
        if (type == nameof(PSCredential)) return PromptForCredential("", field.Name, "", "");
        if (!type.EndsWith("[]", StringComparison.Ordinal)) return Ask($"{field.Name}: ");
        List<string> values = [];
        while (Ask($"{field.Name}[{values.Count}]: ") is { Length: > 0 } value) values.Add(value);
        return values.ToArray();
    }

    void Introduce(string caption, string message)
    {
        if (!string.IsNullOrEmpty(caption)) WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) WriteLine(message);
    }

    string Ask(string question, string? about = null)
    {
        Write(question);
        return ReadAnswer() ?? throw Unanswered(about ?? question);
    }

    SecureString AskSecret(string question)
    {
        Write(question);
        return ReadSecret() ?? throw Unanswered(question);
    }

    string? ReadAnswer() => Read(() => ConsoleStreams.IsInteractive ? new LineEditor().ReadLine() : Console.In.ReadLine());

    SecureString? ReadSecret() => Read(SecretReader.Read);

    T Read<T>(Func<T> read)
    {
        _progress.Clear();
        try
        {
            return read();
        }
        catch (PipelineStoppedException)
        {
            Interrupted?.Invoke();
            throw;
        }
    }

    static HostException Unanswered(string question) =>
        new($"Standard input ended where '{question.Trim().TrimEnd(':')}' was asked for: give it as a parameter.");

    static string Label(ChoiceDescription choice) => choice.Label.Replace("&", "");

    /// <summary>The letter after the ampersand of a label.</summary>
    static string HotKey(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&');
        return mark >= 0 && mark < choice.Label.Length - 1 ? choice.Label[mark + 1].ToString().ToUpperInvariant() : choice.Label;
    }
}
