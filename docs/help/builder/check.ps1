# Where help and cmdlets differ, or help lacks something: an object with File and Text for each place.

function Find-HelpProblem([object[]] $Texts, [object[]] $Cmdlets, $Groups) {
    foreach ($cmdlet in $Cmdlets | Where-Object { $Texts.Name -notcontains $_.Name }) {
        New-Problem "docs/help/$($cmdlet.Name).md" "$($cmdlet.Name) has no help"
    }
    $all = @($Cmdlets | ForEach-Object { (Get-CmdletParameter $_).Name } | Select-Object -Unique)
    $grouped = @($Groups.Values | ForEach-Object { $_ })
    foreach ($name in $all | Where-Object { $_ -notin $grouped }) { New-Problem docs/help/groups.md "-$name is in no group" }
    foreach ($name in $grouped | Where-Object { $_ -notin $all }) { New-Problem docs/help/groups.md "no cmdlet has -$name" }
    foreach ($twice in $grouped | Group-Object | Where-Object Count -GT 1) { New-Problem docs/help/groups.md "-$($twice.Name) is in two groups" }
    foreach ($cmdlet in $Cmdlets | Where-Object { $_.HelpUri -notlike "*/$($_.Name).md" }) {
        New-Problem "docs/help/$($cmdlet.Name).md" "$($cmdlet.Name) has no HelpUri that ends with its page"
    }
    foreach ($text in $Texts) {
        $cmdlet = $Cmdlets | Where-Object Name -EQ $text.Name
        if (-not $cmdlet) { New-Problem $text.File "the module exports no cmdlet '$($text.Name)', which the heading names" }
        else { Find-TextProblem $text $cmdlet | ForEach-Object { New-Problem $text.File $_ } }
    }
}

function Find-TextProblem([HelpText] $Text, [System.Management.Automation.CommandInfo] $Cmdlet) {
    if (-not $Text.Synopsis) { 'there is no synopsis, the paragraph under the heading' }
    if (-not $Text.Description) { 'there is no description, after the synopsis' }
    $names = @((Get-CmdletParameter $Cmdlet).Name)
    foreach ($name in $names | Where-Object { -not $Text.Parameters[$_] }) { "-$name has no text, a section '## -$name'" }
    foreach ($name in $Text.Parameters.Keys | Where-Object { $_ -notin $names -and $_ -notin $Text.Shared }) { "the cmdlet has no -$name" }
    if ($Cmdlet.OutputType -and -not $Text.Outputs) { "the cmdlet returns something, and there is no section '## Outputs'" }
    if (-not $Cmdlet.OutputType -and $Text.Outputs) { "the cmdlet declares no output type, and there is a section '## Outputs'" }
    if ($Text.Examples.Count -lt 2) { "there are fewer than two examples, sections '## Example: title'" }
    foreach ($example in $Text.Examples | Where-Object { -not $_.Code }) { "example '$($example.Title)' has no code, fenced as powershell" }
    foreach ($title in $Text.UnknownSections) { "'## $title' isn't a section that help has" }
}

function New-Problem([string] $File, [string] $Text) { [pscustomobject] @{ File = $File; Text = $Text } }
