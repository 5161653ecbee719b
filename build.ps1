#requires -Version 7.6
<#
.SYNOPSIS
Builds, tests or packs the module.

.DESCRIPTION
Build makes artifacts/RedisML, ready for Import-Module. Test builds, and runs the unit tests and the Pester suite, by
-PesterVersion where it is given. Pack builds, and makes artifacts/RedisML.<version>.nupkg.
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

function New-Package {
    if (Get-Command Compress-PSResource -ErrorAction Ignore) {
        Compress-PSResource -Path "$artifacts/RedisML" -DestinationPath $artifacts -PassThru
        return
    }
    $version = (Import-PowerShellDataFile "$artifacts/RedisML/RedisML.psd1").ModuleVersion
    $package = "$artifacts/RedisML.$version.zip"
    Write-Warning 'There is no Compress-PSResource, of the module Microsoft.PowerShell.PSResourceGet: the package is a mere zip file.'
    Remove-Item $package -ErrorAction Ignore
    [System.IO.Compression.ZipFile]::CreateFromDirectory("$artifacts/RedisML", $package, 'Optimal', $true)
    Get-Item $package
}

$properties = @(if ($PesterVersion) { "-p:PesterVersion=$PesterVersion" })
Invoke-DotNet (@('build') + $properties)
if ($Task -eq 'Test') { Invoke-DotNet test, '--no-build', '--max-parallel-test-modules', '1' }
if ($Task -eq 'Pack') { New-Package }
