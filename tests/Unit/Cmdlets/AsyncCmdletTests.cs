using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.Unit.Fixtures;
using Engine = System.Management.Automation.PowerShell;

namespace RedisML.Unit.Cmdlets;

public sealed class AsyncCmdletTests
{
    /// <summary>Writes the numbers from 1; what else it does depends on its parameters.</summary>
    [Cmdlet(VerbsDiagnostic.Test, "Async")]
    public sealed class TestAsyncCommand : AsyncCmdlet
    {
        internal static TaskCompletionSource Ended = new();

        [Parameter(ValueFromPipeline = true)]
        public int Count { get; set; } = int.MaxValue;

        /// <summary>Thrown by the work after the numbers.</summary>
        [Parameter]
        public Exception? Error { get; set; }

        /// <summary>Thrown by an action that the work posts after the numbers.</summary>
        [Parameter]
        public Exception? PostedError { get; set; }

        [Parameter]
        public SwitchParameter Hang { get; set; }

        [Parameter]
        public SwitchParameter PostLate { get; set; }

        protected override void ProcessRecord()
        {
            var ran = new TaskCompletionSource();
            var late = Task.CompletedTask;
            Run(async cancellation =>
            {
                try
                {
                    for (int i = 1; i <= Count; i++) PostObject(i);
                    PostWarning("counted");
                    PostError(new("Ordinary", ErrorKind.InvalidData, "an error among others", "row 1"));
                    if (PostedError is not null) Post(() => throw PostedError);
                    if (Hang) await Task.Delay(Timeout.Infinite, cancellation);
                    if (Error is not null) throw Error;
                    if (PostLate) late = ran.Task.ContinueWith(_ => PostObject("too late"), TaskScheduler.Default);
                }
                finally
                {
                    Ended.TrySetResult();
                }
            });
            ran.SetResult();
            late.Wait(Patience.Event);
        }
    }

    [Fact]
    public void Everything_posted_comes_out_in_order()
    {
        using var engine = NewEngine();
        var result = engine.Invoke("Test-Async -Count 1000");
        Assert.Equal(Enumerable.Range(1, 1000), result.Output.Select(o => (int)o.BaseObject));
        Assert.Equal(["counted"], result.Warnings);
        var error = Assert.Single(result.Errors);
        Assert.Equal(("Ordinary,RedisML.Unit.Cmdlets.AsyncCmdletTests+TestAsyncCommand", ErrorCategory.InvalidData, "row 1"),
            (error.FullyQualifiedErrorId, error.CategoryInfo.Category, error.TargetObject));
    }

    [Fact]
    public void The_work_runs_once_for_each_object_of_the_pipeline()
    {
        using var engine = NewEngine();
        Assert.Equal([1, 1, 2, 1, 2, 3], engine.Invoke("1..3 | Test-Async").Output.Select(o => (int)o.BaseObject));
    }

    [Fact]
    public void An_error_of_the_work_ends_the_cmdlet_with_its_id()
    {
        using var engine = NewEngine();
        var result = engine.Invoke("param($e) Test-Async -Count 2 -Error $e; 'after'",
            Parameter("e", new RedisMLException("Fatal", ErrorKind.ReadError, "gone")));
        Assert.Equal([1, 2, "after"], result.Output.Select(o => o.BaseObject));
        Assert.Equal(["Ordinary", "Fatal"], result.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public void A_fault_of_the_work_is_not_hidden()
    {
        using var engine = NewEngine();
        var result = engine.Invoke("param($e) Test-Async -Count 1 -Error $e", Parameter("e", new NotSupportedException("a fault")));
        Assert.IsType<NotSupportedException>(result.Errors[^1].Exception.GetBaseException());
    }

    [Fact]
    public void An_exception_on_the_pipeline_thread_ends_the_work()
    {
        using var engine = NewEngine();
        TestAsyncCommand.Ended = new();
        var result =
            engine.Invoke("param($e) Test-Async -Count 1 -Hang -PostedError $e", Parameter("e", new NotSupportedException("a fault")));
        Assert.True(TestAsyncCommand.Ended.Task.IsCompleted);
        Assert.IsType<NotSupportedException>(result.Errors[^1].Exception.GetBaseException());
    }

    [Fact]
    public void The_work_ends_when_the_pipeline_wants_no_more()
    {
        using var engine = NewEngine();
        TestAsyncCommand.Ended = new();
        var result = engine.Invoke("foreach ($_ in 1) { Test-Async | ForEach-Object { $_; if ($_ -eq 3) { break } } }; 'after'");
        Assert.Equal([1, 2, 3], result.OutputWithoutErrors.Take(3).Select(o => (int)o.BaseObject));
        Assert.True(TestAsyncCommand.Ended.Task.IsCompleted);
    }

    [Theory]
    [InlineData("Test-Async -Count 3 -Hang")]
    [InlineData("Test-Async | ForEach-Object { if ($_ -eq 3) { 'many' } }")]
    public async Task The_work_ends_when_the_pipeline_is_stopped(string script)
    {
        using var engine = NewEngine();
        TestAsyncCommand.Ended = new();
        using var shell = Engine.Create(engine.Runspace);
        using var output = new PSDataCollection<PSObject>();
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shell.AddScript(script);
        output.DataAdded += (_, _) => written.TrySetResult();
        var running = shell.BeginInvoke<object, PSObject>(null, output);
        await written.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        shell.Stop();
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        await TestAsyncCommand.Ended.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void What_is_posted_after_the_end_is_dropped()
    {
        using var engine = NewEngine();
        Assert.Equal([1], engine.Invoke("Test-Async -Count 1 -PostLate -ErrorAction Ignore").OutputWithoutErrors.Select(o => o.BaseObject));
    }

    static HostedEngine NewEngine() => new(cmdlets: typeof(TestAsyncCommand));

    static Dictionary<string, object> Parameter(string name, object value) => new() { [name] = value };
}
