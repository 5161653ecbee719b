using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Cmdlets;

public sealed class ProgressTests
{
    /// <summary>Works until its progress has been asked for.</summary>
    [Cmdlet(VerbsDiagnostic.Test, "Progress")]
    public sealed class TestProgressCommand : AsyncCmdlet
    {
        [Parameter]
        public double? Fraction { get; set; }

        [Parameter]
        public SwitchParameter AtOnce { get; set; }

        protected override void ProcessRecord()
        {
            var asked = new TaskCompletionSource();
            Run("Counting", Report, async cancellation =>
            {
                if (!AtOnce) await asked.Task.WaitAsync(cancellation);
                PostObject("done");
            });

            ProgressReport Report()
            {
                asked.TrySetResult();
                return new("1,000 rows", Fraction);
            }
        }
    }

    [Fact]
    public void Long_work_shows_a_bar_with_the_time_left_and_takes_it_away()
    {
        var host = new RecordingHost();
        using var engine = new HostedEngine(host, typeof(TestProgressCommand));
        Assert.Equal(["done"], engine.Invoke("Test-Progress -Fraction 0.5").OutputWithoutErrors.Select(o => o.BaseObject));
        var records = host.Progress.ToArray();
        Assert.Equal(("Counting", "1,000 rows", 50, ProgressRecordType.Processing),
            (records[0].Activity, records[0].StatusDescription, records[0].PercentComplete, records[0].RecordType));
        Assert.InRange(records[0].SecondsRemaining, 1, 60);
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
    }

    [Fact]
    public void Short_work_shows_none()
    {
        var host = new RecordingHost();
        using var engine = new HostedEngine(host, typeof(TestProgressCommand));
        Assert.Equal(["done"], engine.Invoke("Test-Progress -AtOnce").OutputWithoutErrors.Select(o => o.BaseObject));
        Assert.Empty(host.Progress);
    }

    [Fact]
    public void Under_Azure_Pipelines_it_is_a_logging_command_and_no_output()
    {
        var host = new RecordingHost();
        using var engine = new HostedEngine(host, typeof(TestProgressCommand));
        var result = engine.Invoke("$env:TF_BUILD = 'True'; try { Test-Progress -Fraction 0.25 } finally { $env:TF_BUILD = $null }");
        Assert.Equal(["done"], result.OutputWithoutErrors.Select(o => o.BaseObject));
        Assert.Equal("##vso[task.setprogress value=25;]Counting: 1,000 rows", host.Lines.First());
        Assert.Empty(host.Progress);
    }
}
