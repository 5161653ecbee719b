<#
    Builds what Get-Help reads, from the Markdown beside this script (README.md describes it) and the cmdlets themselves.
    Fails, naming each place, where the two differ. Keeps to what the engine alone has: the build runs it in the Host.
#>
param(
    # The manifest of the built module.
    [Parameter(Mandatory)] [string] $Module,
    # The folder to write to.
    [Parameter(Mandatory)] [string] $Target
)

$ErrorActionPreference = 'Stop'
. $PSScriptRoot/builder/markdown.ps1
. $PSScriptRoot/builder/check.ps1
. $PSScriptRoot/builder/maml.ps1

Import-Module $Module
$cmdlets = @(Get-Command -Module RedisML -CommandType Cmdlet)
$shared = (Read-HelpText "$PSScriptRoot/shared.md").Parameters
$texts = @([System.IO.Directory]::GetFiles($PSScriptRoot, '*-*.md') | ForEach-Object { Read-HelpText $_ $shared })

$problems = @(Find-HelpProblem $texts $cmdlets)
if ($problems) {
    foreach ($problem in $problems) { [Console]::Error.WriteLine("$($problem.File) : error : $($problem.Text)") }
    exit 1
}

$null = [System.IO.Directory]::CreateDirectory($Target)
$items = foreach ($cmdlet in $cmdlets) { ConvertTo-Maml $cmdlet ($texts | Where-Object Name -EQ $cmdlet.Name) }
Write-MamlFile "$Target/RedisML.PowerShell.dll-Help.xml" $items
foreach ($topic in [System.IO.Directory]::GetFiles("$PSScriptRoot/..", 'about_*.md')) {
    $name = [System.IO.Path]::GetFileNameWithoutExtension($topic)
    [System.IO.File]::WriteAllText("$Target/$name.help.txt", (ConvertTo-AboutTopic $topic))
}
