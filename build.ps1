#requires -Version 7.6
<#
.SYNOPSIS
Builds, tests or packs the module, or writes down what Core shows to C# programs.

.DESCRIPTION
Build makes artifacts/RedisML, ready for Import-Module, and the extensions beside it. Test builds, and runs the unit tests
and the Pester suite, by -PesterVersion where it is given. Pack builds, and makes artifacts/RedisML.<version>.nupkg, and one
of each extension; they install from a folder, too:

    Register-PSResourceRepository -Name local -Uri ./artifacts -Trusted
    Install-PSResource RedisML, RedisML.Png -Repository local [-Prerelease]

PublicApi writes src/RedisML.Core/PublicAPI.Unshipped.txt anew: without it the build fails at every public member
that isn't listed there, or is listed and gone.

.PARAMETER Prerelease
Makes packages of a version before that of the manifest, such as beta1.

.PARAMETER ProjectUri
Where the project is published; it goes into the packages.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pack', 'PublicApi')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    [string] $PesterVersion,

    [ValidatePattern('^[a-z][0-9a-z]*$')]
    [string] $Prerelease,

    [uri] $ProjectUri
)

$ErrorActionPreference = 'Stop'
$artifacts = "$PSScriptRoot/artifacts"

function Invoke-DotNet([string[]] $Command) {
    Write-Host "RedisML: dotnet $Command ($Configuration)"
    Push-Location $PSScriptRoot
    try { dotnet @Command --configuration $Configuration } finally { Pop-Location }
    if ($LASTEXITCODE) { exit $LASTEXITCODE }
}

# A copy of the module, whose manifest says what is known only now.
function Copy-Module([string] $Module) {
    $copy = "$artifacts/package/$Module"
    Remove-Item $copy -Recurse -Force -ErrorAction Ignore
    $null = New-Item $copy -ItemType Directory
    Copy-Item "$artifacts/$Module/*" $copy -Recurse
    $lines = @(
        if ($Prerelease) { "Prerelease = '$Prerelease'" }
        if ($ProjectUri) { "ProjectUri = '$($ProjectUri.AbsoluteUri)'" }
        # A dependency of an exact version never means one before it: whoever takes a pre-release names both modules.
        if ($Prerelease -and $Module -ne 'RedisML') { "ExternalModuleDependencies = @('RedisML')" }
    )
    $manifest = "$copy/$Module.psd1"
    $text = [System.IO.File]::ReadAllText($manifest)
    foreach ($line in $lines) { $text = $text -replace '(?m)^( +)(?=LicenseUri\b)', "`$1$line`n`$1" }
    [System.IO.File]::WriteAllText($manifest, $text)
    $copy
}

function New-Package([string] $Module) {
    Write-Host "RedisML: packing $Module"
    $copy = Copy-Module $Module
    $version = (Import-PowerShellDataFile "$copy/$Module.psd1").ModuleVersion + $(if ($Prerelease) { "-$Prerelease" })
    $package = "$artifacts/$Module.$version"
    if (Get-Command Compress-PSResource -ErrorAction Ignore) {
        Remove-Item "$package.nupkg" -ErrorAction Ignore
        # An extension's manifest is only valid where the module that it requires is found.
        $env:PSModulePath = "$artifacts/package" + [System.IO.Path]::PathSeparator + $env:PSModulePath
        Compress-PSResource -Path $copy -DestinationPath $artifacts -PassThru
        return
    }
    $package = "$package.zip"
    Write-Warning 'There is no Compress-PSResource, of the module Microsoft.PowerShell.PSResourceGet: the package is a mere zip file.'
    Remove-Item $package -ErrorAction Ignore
    [System.IO.Compression.ZipFile]::CreateFromDirectory($copy, $package, 'Optimal', $true)
    Get-Item $package
}

# What the analyzer misses in a list of nothing is all that is there. The other analyzers are left out: they take longer than the compiler.
function Update-PublicApi {
    $core = "$PSScriptRoot/src/RedisML.Core"
    $list = "$core/PublicAPI.Unshipped.txt"
    $kept = [System.IO.File]::ReadAllText($list)
    [System.IO.File]::WriteAllText($list, "#nullable enable`n")
    $env:DOTNET_CLI_UI_LANGUAGE = 'en'
    $output = dotnet build $core --no-incremental --configuration $Configuration -p:TreatWarningsAsErrors=false `
        -p:EnableNETAnalyzers=false -p:EnforceCodeStyleInBuild=false
    if ($LASTEXITCODE) {
        [System.IO.File]::WriteAllText($list, $kept)
        $output
        exit $LASTEXITCODE
    }
    $names = [string[]] ($output | Select-String "RS0016: Symbol '(.+)' is not part of the declared public API" |
            ForEach-Object { $_.Matches[0].Groups[1].Value } | Select-Object -Unique)
    if (-not $names) {
        [System.IO.File]::WriteAllText($list, $kept)
        throw 'Nothing was found: RedisML.Core.csproj has to refer to Microsoft.CodeAnalysis.PublicApiAnalyzers.'
    }
    [array]::Sort($names, [System.StringComparer]::Ordinal)
    [System.IO.File]::WriteAllText($list, "#nullable enable`n" + ($names -join "`n") + "`n")
    "$($names.Count) members"
}

if ($Task -eq 'PublicApi') {
    Update-PublicApi
    return
}
$properties = @(if ($PesterVersion) { "-p:PesterVersion=$PesterVersion" })
Invoke-DotNet (@('build') + $properties)
if ($Task -eq 'Test') { Invoke-DotNet test, '--no-build', '--max-parallel-test-modules', '1' }
if ($Task -eq 'Pack') {
    # RedisML first, which the others require.
    (Get-Item "$artifacts/RedisML*/RedisML*.psd1").BaseName | Sort-Object | ForEach-Object { New-Package $_ }
    Remove-Item "$artifacts/package" -Recurse -Force
}
