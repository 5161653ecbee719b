using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace RedisML.Unit.Fixtures;

/// <summary>A host without anybody before it, that keeps what it is given to show.</summary>
public sealed class RecordingHost : PSHost
{
    readonly RecordingInterface _interface = new();

    /// <summary>Lines that went to the host, past the output.</summary>
    public IEnumerable<string> Lines => _interface.Lines;

    public IEnumerable<ProgressRecord> Progress => _interface.Progress;

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override string Name => nameof(RecordingHost);
    public override PSHostUserInterface UI => _interface;
    public override Version Version => new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException();
    public override void ExitNestedPrompt() => throw new NotSupportedException();
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
    public override void SetShouldExit(int exitCode) { }

    sealed class RecordingInterface : PSHostUserInterface
    {
        internal ConcurrentQueue<string> Lines { get; } = [];
        internal ConcurrentQueue<ProgressRecord> Progress { get; } = [];

        public override PSHostRawUserInterface? RawUI => null;

        public override void Write(string value) => Lines.Enqueue(value);
        public override void Write(ConsoleColor foreground, ConsoleColor background, string value) => Lines.Enqueue(value);
        public override void WriteLine(string value) => Lines.Enqueue(value);
        public override void WriteErrorLine(string value) => Lines.Enqueue(value);
        public override void WriteDebugLine(string message) => Lines.Enqueue(message);
        public override void WriteVerboseLine(string message) => Lines.Enqueue(message);
        public override void WriteWarningLine(string message) => Lines.Enqueue(message);
        public override void WriteProgress(long sourceId, ProgressRecord record) => Progress.Enqueue(record);

        public override string ReadLine() => throw new NotSupportedException();
        public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();
        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            throw new NotSupportedException();
        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
            throw new NotSupportedException();
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
            throw new NotSupportedException();
        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes,
            PSCredentialUIOptions options) =>
            throw new NotSupportedException();
    }
}
