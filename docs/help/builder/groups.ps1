# The groups in which help shows parameters, and what it says of each beside its text: the default, and what it goes with.

# By the group's name, in order, the parameters that are in it.
function Read-ParameterGroup([string] $File) {
    $groups = [ordered] @{}
    foreach ($section in Split-Section $File | Where-Object Level -EQ 2) {
        $groups[$section.Title] = [string[]] [regex]::Matches($section.Body, '`(\w+)`').ForEach{ $_.Groups[1].Value }
    }
    $groups
}

# The name of a parameter's group; nothing where it is in none.
function Get-ParameterGroup($Groups, [string] $Name) { $Groups.Keys | Where-Object { $Groups[$_] -contains $Name } | Select-Object -First 1 }

# Parameters in the order of their groups, in each as the cmdlet declares them.
function Sort-Parameter($Groups, [object[]] $Parameters) {
    foreach ($group in $Groups.Keys) { $Parameters | Where-Object { $Groups[$group] -contains $_.Name } }
}

# A line a group: its name, and the cmdlet's parameters that are in it.
function Format-Group($Groups, [object[]] $Parameters) {
    foreach ($group in $Groups.Keys) {
        $names = @($Parameters | Where-Object { $Groups[$group] -contains $_.Name } | ForEach-Object { "-$($_.Name)" })
        if ($names) { "${group}: $($names -join ', ')." }
    }
}

# What the parameter is unless it is given, as the cmdlet's class has it; nothing where that is nothing.
function Get-DefaultValue([System.Management.Automation.CommandInfo] $Cmdlet, [string] $Name) {
    try { $value = [Activator]::CreateInstance($Cmdlet.ImplementingType).$Name } catch { return }
    if ($value -is [switch]) { return 'False' }
    if ($value -is [array] -or $value -is [System.Collections.IDictionary]) { $value = @($value | Where-Object { $_ }) -join ', ' }
    if ($value -is [double] -or $value -is [float]) { return $value.ToString([cultureinfo]::InvariantCulture) }
    if ("$value" -and $value -isnot [psobject]) { "$value" }
}

# Where a parameter isn't in all forms of the command: what the forms that have it ask for, or else what those ask for that don't.
function Format-Companion([System.Management.Automation.CommandInfo] $Cmdlet, [string] $Name) {
    $with, $without = $Cmdlet.ParameterSets.Where({ $_.Parameters.Name -contains $Name }, 'Split')
    if (-not $without) { return }
    $asked = { param($set) $set.Parameters.Where{ $_.IsMandatory -and $_.Name -ne $Name }.Name }
    $always = @(& $asked $Cmdlet.ParameterSets[0]).Where{ $one = $_; -not $Cmdlet.ParameterSets.Where{ (& $asked $_) -notcontains $one } }
    $own = @($with | ForEach-Object { , @((& $asked $_).Where{ $_ -notin $always }) })
    $names = @($own | ForEach-Object { $_ } | Select-Object -Unique)
    if ($names -and $own.Where{ -not $_ }.Count -eq 0) { return " Goes with $(($names -replace '^', '-') -join ($with.Count -eq 1 ? ' and ' : ' or '))." }
    $others = @($without | ForEach-Object { (& $asked $_).Where{ $_ -notin $with.Parameters.Name } } | Select-Object -Unique)
    if ($others) { " Not with $(($others -replace '^', '-') -join ' or ')." }
}

# The topics and the cmdlets to read on with.
function Get-RelatedName([System.Management.Automation.CommandInfo] $Cmdlet, [object[]] $Cmdlets) {
    $topics = @{
        Connections = 'Connections'; Datasets = 'Data'; Models = 'Models'; Training = 'Training'; Prediction = 'Serving'; Serving = 'Serving'
        Online = 'RealTime'; Recommending = 'RealTime'; Language = 'RealTime'
    }
    $folder = $Cmdlet.ImplementingType.Namespace.Split('.')[-1]
    "about_RedisML_$($topics[$folder] ?? $(throw "no topic for the cmdlets of $folder"))"
    'about_RedisML_Errors'
    $Cmdlets | Where-Object { $_.Name -ne $Cmdlet.Name -and ($_.Noun -eq $Cmdlet.Noun -or $_.ImplementingType.Namespace -eq $Cmdlet.ImplementingType.Namespace) } |
        Sort-Object { $_.Noun -ne $Cmdlet.Noun }, Name | Select-Object -First 6 | ForEach-Object Name
}
