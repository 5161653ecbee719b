#requires -Version 7.6
<#
    Trains on this machine and others, over SSH. Each host has PowerShell with its SSH subsystem, this module, and reaches Redis.
    -ConnectionString is what the hosts connect with; a password belongs into $env:REDISML_CONNECTION of each host instead.
#>
param(
    [Parameter(Mandatory)] [string[]] $HostName,
    [Parameter(Mandatory)] [string] $ConnectionString,
    [Parameter(Mandatory)] [string] $Dataset,
    [Parameter(Mandatory)] [string] $Model,
    [string] $Algorithm = 'Logistic',
    [string] $UserName = $env:USER
)
$ErrorActionPreference = 'Stop'

$null = Connect-RedisML $ConnectionString
$job = Start-RedisDistributedTraining $Dataset $Model -Algorithm $Algorithm -NodeCount ($HostName.Count + 1)
$id = (Get-RedisDistributedTraining -Model $Model | Where-Object State -EQ Waiting | Select-Object -Last 1).Id

$nodes = Invoke-Command -HostName $HostName -UserName $UserName -AsJob -ScriptBlock {
    Import-Module RedisML
    $null = Connect-RedisML $using:ConnectionString
    Join-RedisDistributedTraining $using:id -Wait
}

# The run, as every node returns it: from here and from the hosts.
$job | Receive-Job -Wait -AutoRemoveJob
$nodes | Receive-Job -Wait -AutoRemoveJob | Format-Table Id, State, Step, Loss, Nodes
