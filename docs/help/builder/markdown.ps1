# Reads Markdown into help texts, and turns it into plain text.

class HelpExample {
    [string] $Title
    [string] $Code
    [string] $Remarks
    [bool] $Runs
}

class HelpText {
    [string] $File
    [string] $Name
    [string] $Synopsis
    [string] $Description
    [string] $Outputs
    [hashtable] $Parameters = @{}
    [string[]] $Shared = @()
    [HelpExample[]] $Examples = @()
    [string[]] $UnknownSections = @()
}

# The text of a cmdlet. $shared holds the texts of parameters that many cmdlets have; the cmdlet's own go before.
function Read-HelpText([string] $File, [hashtable] $Shared = @{}) {
    $sections = @(Split-Section $File)
    $synopsis, $description = $sections[0].Body -split '\r?\n\s*\r?\n', 2
    $text = [HelpText] @{ File = $File; Name = $sections[0].Title; Synopsis = "$synopsis".Trim(); Description = "$description".Trim() }
    foreach ($name in $Shared.Keys) { $text.Parameters[$name] = $Shared[$name]; $text.Shared += $name }
    foreach ($section in $sections | Where-Object Level -EQ 2) {
        switch -Regex ($section.Title) {
            '^-(\w+)$' { $text.Parameters[$Matches[1]] = $section.Body; $text.Shared = @($text.Shared -ne $Matches[1]) }
            '^Outputs$' { $text.Outputs = $section.Body }
            '^Example: (.+)$' { $text.Examples += Read-Example $Matches[1] $section.Body }
            default { $text.UnknownSections += $section.Title }
        }
    }
    $text
}

# A fenced block of PowerShell, and what is said after it.
function Read-Example([string] $Title, [string] $Body) {
    $fence = [regex]::Match($Body, '(?s)```powershell( norun)?\r?\n(.*?)```(.*)')
    [HelpExample] @{
        Title   = $Title
        Code    = $fence.Groups[2].Value.Trim()
        Remarks = $fence.Groups[3].Value.Trim()
        Runs    = -not $fence.Groups[1].Success
    }
}

# The headings of a file with what stands under each; a line in a fenced block is no heading.
function Split-Section([string] $File) {
    $section = $null
    $fenced = $false
    foreach ($line in [System.IO.File]::ReadAllLines($File)) {
        if ($line.StartsWith('```')) { $fenced = -not $fenced }
        if (-not $fenced -and $line -match '^(#+)\s+(.+?)\s*$') {
            if ($section) { $section.Body = $section.Body.Trim(); $section }
            $section = [pscustomobject] @{ Level = $Matches[1].Length; Title = $Matches[2]; Body = '' }
        }
        elseif ($section) { $section.Body += "$line`n" }
    }
    if ($section) { $section.Body = $section.Body.Trim(); $section }
}

# The pieces of a text: fenced code, tables, and what is between them.
function Split-Piece([string] $Markdown) {
    [regex]::Split($Markdown, '(?sm)(```.*?```|(?:^\|[^\n]*(?:\n|\z))+)') | Where-Object { $_.Trim() }
}

# The paragraphs of a text, each on one line; a list item and a row of a table are one too, and so is a line of code.
function Split-Paragraph([string] $Markdown) {
    foreach ($piece in Split-Piece $Markdown) {
        if ($piece.StartsWith('```')) { $piece -split '\r?\n' | Where-Object { $_ -and -not $_.StartsWith('```') } | ForEach-Object { "    $_" } }
        elseif ($piece.StartsWith('|')) { Read-Table $piece | Select-Object -Skip 1 | ForEach-Object { "- $($_[0]): $(@($_ | Select-Object -Skip 1 | Where-Object { $_ }) -join '; ')" } }
        else {
            $blocks = $piece.Trim() -split '\r?\n\s*\r?\n|\r?\n(?=\s*[-*] )'
            foreach ($block in $blocks | Where-Object { $_.Trim() }) { ConvertTo-PlainText ($block.Trim() -replace '\s*\r?\n\s*', ' ') }
        }
    }
}

# The rows of a table, the names of its columns first, each an array of plain texts.
function Read-Table([string] $Table) {
    foreach ($line in $Table.Trim() -split '\r?\n' | Where-Object { $_ -notmatch '^\|[-:|\s]+$' }) {
        , @($line.Trim().Trim('|') -split '\|' | ForEach-Object { (ConvertTo-PlainText $_).Trim() })
    }
}

function ConvertTo-PlainText([string] $Markdown) {
    $Markdown -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '`([^`]+)`', '$1' -replace '\*\*([^*]+)\*\*', '$1'
}

# An about_ topic in the form of those of PowerShell: headings in capitals, text indented and at most 80 wide.
function ConvertTo-AboutTopic([string] $File) {
    $topic, $rest = Split-Section $File
    $lines = @('TOPIC', "    $($topic.Title)", '', 'SHORT DESCRIPTION') + @(Format-Block $topic.Body)
    foreach ($section in $rest) { $lines += @($section.Title.ToUpperInvariant()) + @(Format-Block $section.Body) }
    ($lines -join "`n").TrimEnd() + "`n"
}

function Format-Block([string] $Markdown) {
    foreach ($piece in Split-Piece $Markdown) {
        if ($piece.StartsWith('```')) {
            $piece -split '\r?\n' | Where-Object { -not $_.StartsWith('```') } | ForEach-Object { "        $_".TrimEnd() }
            ''
        }
        elseif ($piece.StartsWith('|')) { Format-Row $piece }
        else { foreach ($paragraph in Split-Paragraph $piece) { Format-Line $paragraph; '' } }
    }
}

# A table is too wide for 80 columns: of each row the first cell, and below it the others, each after the name of its column.
function Format-Row([string] $Table) {
    $names, $rows = Read-Table $Table
    foreach ($cells in $rows) {
        Format-Line $cells[0]
        for ($i = 1; $i -lt $cells.Count; $i++) {
            if ($cells[$i]) { Format-Line "$($names[$i]): $($cells[$i])" '       ' }
        }
        ''
    }
}

function Format-Line([string] $Text, [string] $Indent = '   ') {
    $line = $Indent
    foreach ($word in $Text -split '\s+') {
        if ($line.Length + 1 + $word.Length -gt 80 -and $line.Trim()) { $line; $line = $Indent }
        $line += " $word"
    }
    $line
}
