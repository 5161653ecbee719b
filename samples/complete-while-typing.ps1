#requires -Version 7.6
<#
    A command line that completes while it is typed, by a language model in Redis that learns each line that is entered: Tab takes what is
    offered, Enter ends a line, Escape the sample. Several people who type into the same model learn from each other.

    Without parameters it runs over an embedded server and starts from the lines below; -ConnectionString takes a Redis of your own, -Line
    other lines, such as (Get-History).CommandLine. With -Typed nobody types: what would be offered for each text is written as objects.
#>
param(
    [string] $ConnectionString,
    [string] $Model = 'commands',
    [string[]] $Line = @(
        'git status', 'git add .', 'git commit -m "first"', 'git commit -m "second"', 'git push origin main', 'git status'
        'docker ps', 'docker compose up', 'docker compose down', 'Get-ChildItem -Recurse', 'Get-Content notes.txt'),
    [string[]] $Typed
)
$ErrorActionPreference = 'Stop'

if ($ConnectionString) { $null = Connect-RedisML $ConnectionString } else { $null = Connect-RedisML -Embedded }
# A budget, so that a model that always learns doesn't always grow.
$null = Add-RedisLanguageModelText $Model $Line -MaximumContext 100000

# What a line goes on with: the rest of the word that is being typed, or the next one.
function Get-Completion([string] $text) {
    $word = [regex]::Match($text, '\w*$').Value
    $next = Get-RedisNextToken $Model $text.Substring(0, $text.Length - $word.Length) -Prefix $word -Count 1
    if ($next -and -not $next.IsEnd -and $next.Token.Length -gt $word.Length) { $next.Token.Substring($word.Length) } else { '' }
}

if ($Typed) {
    foreach ($text in $Typed) { [pscustomobject]@{ Typed = $text; Completion = Get-Completion $text } }
    return
}

Write-Host 'Tab takes what is offered, Enter ends a line, Escape ends the sample.'
$text = ''
while ($true) {
    $offer = Get-Completion $text
    # The line, the offer in grey behind it, and the cursor back between the two.
    $back = if ($offer) { "`e[$($offer.Length)D" } else { '' }
    [Console]::Write("`r`e[K> $text$($PSStyle.Foreground.BrightBlack)$offer$($PSStyle.Reset)$back")
    $key = [Console]::ReadKey($true)
    switch ($key.Key) {
        'Escape' { [Console]::WriteLine(); return }
        'Tab' { $text += $offer }
        'Backspace' { if ($text) { $text = $text.Substring(0, $text.Length - 1) } }
        'Enter' {
            [Console]::Write("`r`e[K> $text`n")
            $null = Add-RedisLanguageModelText $Model $text
            $text = ''
        }
        default { if (-not [char]::IsControl($key.KeyChar)) { $text += $key.KeyChar } }
    }
}
