using RedisML.Host;

switch (CommandLine.Parse(args))
{
    case CommandLine.Message message:
        (message.ExitCode == 0 ? Console.Out : Console.Error).WriteLine(message.Text);
        return message.ExitCode;
    case CommandLine.Script script:
        using (var session = new Session()) return session.RunScript(script.Path, script.Arguments);
    case CommandLine.Command command:
        using (var session = new Session()) return session.RunCommand(command.Text);
    default:
        using (var session = new Session(prompts: ConsoleStreams.IsInteractive)) return new InteractiveLoop(session).Run();
}
