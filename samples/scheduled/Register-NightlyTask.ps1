#requires -RunAsAdministrator
<#
.SYNOPSIS
Registers the nightly job with the Windows scheduler.

.DESCRIPTION
The connection is an environment variable of the account that the task runs as, or of the machine. The task stores no password: it runs
as a group-managed service account, or as the account of the service. A second start while one runs is left out by the scheduler; on
another machine the script itself sees who is at work.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Account = 'NT AUTHORITY\NETWORK SERVICE',
    [string] $Folder = 'C:\ProgramData\RedisML',
    [datetime] $At = '03:00'
)

$action = New-ScheduledTaskAction -Execute pwsh.exe -Argument "-NoProfile -NonInteractive -File `"$PSScriptRoot\nightly.ps1`" -LogDirectory `"$Folder\logs`""
$trigger = New-ScheduledTaskTrigger -Daily -At $At
$principal = New-ScheduledTaskPrincipal -UserId $Account -LogonType ServiceAccount
$settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Hours 4)
if ($PSCmdlet.ShouldProcess('RedisML nightly', 'Register the scheduled task')) {
    Register-ScheduledTask 'RedisML nightly' -Action $action -Trigger $trigger -Principal $principal -Settings $settings -Force
}
