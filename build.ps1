#requires -Version 7.6
<#
.SYNOPSIS
Builds, tests or packs the module.

.DESCRIPTION
Build makes artifacts/RedisML, ready for Import-Module, and the extensions beside it. Test builds, and runs the unit tests
and the Pester suite, by -PesterVersion where it is given. Pack builds, and makes artifacts/RedisML.<version>.nupkg, and one
of each extension.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pack')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    [string] $PesterVersion
)

$ErrorActionPreference = 'Stop'
$artifacts = "$PSScriptRoot/artifacts"

function Invoke-DotNet([string[]] $Command) {
    Push-Location $PSScriptRoot
    try { dotnet @Command --configuration $Configuration } finally { Pop-Location }
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

$properties = @(if ($PesterVersion) { "-p:PesterVersion=$PesterVersion" })
Invoke-DotNet (@('build') + $properties)
if ($Task -eq 'Test') { Invoke-DotNet test, '--no-build', '--max-parallel-test-modules', '1' }
if ($Task -eq 'Pack') { (Get-Item "$artifacts/RedisML*/RedisML*.psd1").BaseName | ForEach-Object { New-Package $_ } }
