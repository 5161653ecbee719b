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
. $PSScriptRoot/builder/groups.ps1
. $PSScriptRoot/builder/maml.ps1

Import-Module $Module
$cmdlets = @(Get-Command -Module RedisML -CommandType Cmdlet)
$shared = (Read-HelpText "$PSScriptRoot/shared.md").Parameters
$texts = @([System.IO.Directory]::GetFiles($PSScriptRoot, '*-*.md') | ForEach-Object { Read-HelpText $_ $shared })

$groups = Read-ParameterGroup "$PSScriptRoot/groups.md"

$problems = @(Find-HelpProblem $texts $cmdlets $groups)
if ($problems) {
    foreach ($problem in $problems) { [Console]::Error.WriteLine("$($problem.File) : error : $($problem.Text)") }
    exit 1
}

$null = [System.IO.Directory]::CreateDirectory($Target)
$items = foreach ($cmdlet in $cmdlets) { ConvertTo-Maml $cmdlet ($texts | Where-Object Name -EQ $cmdlet.Name) $groups $cmdlets }
Write-MamlFile "$Target/RedisML.PowerShell.dll-Help.xml" $items
foreach ($file in [System.IO.Directory]::GetFiles("$PSScriptRoot/..", 'about_*.md')) {
    $topic = [System.IO.Path]::GetFileNameWithoutExtension($file)
    [System.IO.File]::WriteAllText("$Target/$topic.help.txt", (ConvertTo-AboutTopic $file))
}
