#requires -Version 7.6
<#
.SYNOPSIS
Builds, tests or packs the module.

.DESCRIPTION
Build makes artifacts/RedisML, ready for Import-Module, and the extensions beside it. Test builds, and runs the unit tests and the Pester suite. Pack builds, and
makes artifacts/RedisML.<version>.nupkg, and one of each extension.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pack')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
$artifacts = "$PSScriptRoot/artifacts"

function Invoke-DotNet([string] $Command) {
    Push-Location $PSScriptRoot
    try { dotnet $Command --configuration $Configuration } finally { Pop-Location }
    if ($LASTEXITCODE) { exit $LASTEXITCODE }
}

# In a process of its own: an imported module keeps its files locked on Windows.
function Invoke-PesterSuite {
    if (-not (Get-Module Pester -ListAvailable | Where-Object Version -GE 5.5)) {
        throw 'The Pester suite needs Pester 5.5 or later: Install-PSResource Pester'
    }
    $command = "Import-Module Pester -MinimumVersion 5.5; `$c = New-PesterConfiguration; `$c.Run.Path = '$PSScriptRoot/tests/Pester'; " +
        "`$c.Run.Exit = `$true; Invoke-Pester -Configuration `$c"
    & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $command
    if ($LASTEXITCODE) { exit $LASTEXITCODE }
}

function New-Package([string] $Module) {
    $package = "$artifacts/$Module.$((Import-PowerShellDataFile "$artifacts/$Module/$Module.psd1").ModuleVersion)"
    if (Get-Command Compress-PSResource -ErrorAction Ignore) {
        Remove-Item "$package.nupkg" -ErrorAction Ignore
        # An extension's manifest is only valid where the module that it requires is found.
        $env:PSModulePath = $artifacts + [System.IO.Path]::PathSeparator + $env:PSModulePath
        Compress-PSResource -Path "$artifacts/$Module" -DestinationPath $artifacts -PassThru
        return
    }
    $package = "$package.zip"
    Write-Warning 'There is no Compress-PSResource, of the module Microsoft.PowerShell.PSResourceGet: the package is a mere zip file.'
    Remove-Item $package -ErrorAction Ignore
    [System.IO.Compression.ZipFile]::CreateFromDirectory("$artifacts/$Module", $package, 'Optimal', $true)
    Get-Item $package
}

Invoke-DotNet build
if ($Task -eq 'Test') {
    Invoke-DotNet test
    Invoke-PesterSuite
}
if ($Task -eq 'Pack') { (Get-Item "$artifacts/RedisML*/RedisML*.psd1").BaseName | ForEach-Object { New-Package $_ } }
