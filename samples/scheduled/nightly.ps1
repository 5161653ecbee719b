<#
.SYNOPSIS
A model a night, for cron, systemd or the Windows scheduler: imports, trains, judges, and moves the champion.

.DESCRIPTION
The connection comes from $env:REDISML_CONNECTION, which the scheduler gets from a file that only its user may read. Each night has a
log, which Start-Transcript writes: no cmdlet prints a password. It needs no lock file: a second start sees in Redis who is at work,
says so, and ends with exit code 0. One that fails ends with exit code 1, and its error is the log's last word.
#>
param(
    [string] $Path = "$PSScriptRoot/../data/diamonds.csv.gz",
    [string] $LogDirectory = (Join-Path ([System.IO.Path]::GetTempPath()) redisml-logs),
    [int] $KeepLog = 30,
    [double] $MaximumRmse = 1200
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$null = New-Item $LogDirectory -ItemType Directory -Force
$null = Start-Transcript (Join-Path $LogDirectory "nightly-$(Get-Date -Format yyyyMMdd-HHmmss)-$PID.log")
try {
    # What comes out is shown before the log ends, and not behind it.
    & {
        $busy = Get-RedisDistributedTraining -Model price | Where-Object State -In Waiting, Running, Paused | Select-Object -First 1
        if ($busy) {
            "Run $($busy.Id) of model price is at work since $($busy.Started.ToString('u')) on $($busy.Members -join '; '): nothing to do."
            return
        }
        Import-RedisTrainingData $Path -Dataset diamonds -Label price -Force
        Split-RedisDataset diamonds -TestFraction 0.2 -Seed 42 -Force
        # One that was cut off last night goes on; else a new one starts.
        $cut = Get-RedisDistributedTraining -Model price | Where-Object State -In Interrupted, Stopped | Select-Object -Last 1
        $fresh = -not $cut
        if ($cut) {
            try { Resume-RedisDistributedTraining $cut.Id -Wait }
            catch { Write-Warning "Run $($cut.Id) can't go on: $_"; $fresh = $true }
        }
        if ($fresh) { Start-RedisDistributedTraining diamonds-train price -Algorithm Linear -Wait }
        $limit = @{ Maximum = @{ Rmse = $MaximumRmse } }
        if ((Get-RedisModel price).Aliases -contains 'champion') { $limit.NotWorseThan = 'price@champion' }
        Test-RedisModel price -Dataset diamonds-test @limit
        Publish-RedisModel price -Alias champion -Reason "night of $(Get-Date -Format yyyy-MM-dd)"
    } | Out-Default
}
catch {
    $_ | Out-Default
    exit 1
}
finally {
    $null = Stop-Transcript
    Get-ChildItem $LogDirectory -Filter nightly-*.log | Sort-Object LastWriteTime -Descending | Select-Object -Skip $KeepLog | Remove-Item
}
