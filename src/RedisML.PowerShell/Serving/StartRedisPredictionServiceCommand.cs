using System.Management.Automation;
using System.Net;
using System.Security;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;
using RedisML.Serving;
using RedisML.Serving.Http;

namespace RedisML.PowerShell.Serving;

[Cmdlet(VerbsLifecycle.Start, "RedisPredictionService", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Start-RedisPredictionService.md")]
[OutputType(typeof(PredictionServiceJob), typeof(InstanceStatus))]
public sealed class StartRedisPredictionServiceCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter]
    [ArgumentCompleter(typeof(PredictionServiceCompleter))]
    public string? Name { get; set; }

    [Parameter]
    [ValidateRange(1, 4096)]
    public int BatchSize { get; set; } = new ServiceOptions().BatchSize;

    [Parameter]
    [ValidateRange(0.2, 3600.0)]
    public double Lease { get; set; } = new ServiceOptions().Lease.TotalSeconds;

    [Parameter]
    [ValidateRange(1, 65535)]
    public int? HttpPort { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HttpAddress { get; set; } = "127.0.0.1";

    [Parameter]
    public SecureString? HttpToken { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Model, "Start an instance of a prediction service")) return;
        PredictionServiceJob job = null!;
        Run(async (connection, cancellation) =>
        {
            var reference = ModelReference.Parse(Model);
            var options = new ServiceOptions { BatchSize = BatchSize, Lease = TimeSpan.FromSeconds(Lease), Http = Http() };
            job = new(MyInvocation.Line, await PredictionInstance.StartAsync(connection, Name
                ?? reference.Name, reference, options, cancellation).ConfigureAwait(false));
            if (!Wait) StreamLog.MoveTo(job);
        });
        if (!Wait)
        {
            JobRepository.Add(job);
            // Its outcome is the job's state and streams.
            _ = job.Start();
            WriteObject(job);
            return;
        }
        Run(async cancellation =>
        {
            using (cancellation.Register(job.SignalStop)) await job.Start().ConfigureAwait(false);
            PostObject(job.Instance);
        });
    }

    HttpOptions? Http() => HttpPort is not { } port ? null : new()
    {
        Port = port,
        Address = HttpAddress,
        Token = HttpToken is { Length: > 0 } token ? new NetworkCredential("", token).Password : null,
    };
}
