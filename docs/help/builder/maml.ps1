# Writes help in MAML, the XML that Get-Help reads.

[System.Xml.Linq.XNamespace] $maml = 'http://schemas.microsoft.com/maml/2004/10'
[System.Xml.Linq.XNamespace] $command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
[System.Xml.Linq.XNamespace] $dev = 'http://schemas.microsoft.com/maml/dev/2004/10'

function New-Element($Name, [object[]] $Content) { [System.Xml.Linq.XElement]::new($Name, [object[]] @($Content)) }

function New-Attribute([string] $Name, [string] $Value) {
    [System.Xml.Linq.XAttribute]::new([System.Xml.Linq.XName]::Get($Name), $Value)
}

# The parameters of a cmdlet, or of one of its sets, without those that all cmdlets have.
function Get-CmdletParameter([System.Management.Automation.CommandInfo] $Cmdlet, $Set = $Cmdlet.ParameterSets) {
    $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
    $seen = @{}
    foreach ($parameter in $Set.Parameters | Where-Object Name -NotIn $common) {
        if ($seen[$parameter.Name]) { continue }
        $seen[$parameter.Name] = $true
        $parameter
    }
}

# Those of a set as the syntax shows them: with -WhatIf and -Confirm.
function Get-SyntaxParameter([System.Management.Automation.CommandInfo] $Cmdlet, $Set) {
    Get-CmdletParameter $Cmdlet $Set
    $Set.Parameters | Where-Object Name -In WhatIf, Confirm | Sort-Object Name -Descending
}

function ConvertTo-Maml([System.Management.Automation.CommandInfo] $Cmdlet, [HelpText] $Text, $Groups, [object[]] $Cmdlets) {
    $parameters = @(Sort-Parameter $Groups @(Get-CmdletParameter $Cmdlet))
    New-Element ($command + 'command') @(
        New-Element ($command + 'details') @(
            New-Element ($command + 'name') $Cmdlet.Name
            New-Element ($command + 'verb') $Cmdlet.Verb
            New-Element ($command + 'noun') $Cmdlet.Noun
            New-Element ($maml + 'description') (New-Paragraph $Text.Synopsis)
        )
        New-Element ($maml + 'description') @(
            New-Paragraph $Text.Description
            if ($parameters.Count -gt 4) { Format-Group $Groups $parameters | ForEach-Object { New-Element ($maml + 'para') $_ } }
        )
        New-Element ($command + 'syntax') @(
            foreach ($set in $Cmdlet.ParameterSets) {
                New-Element ($command + 'syntaxItem') @(
                    New-Element ($maml + 'name') $Cmdlet.Name
                    Get-SyntaxParameter $Cmdlet $set | ForEach-Object { ConvertTo-MamlParameter $_ }
                )
            }
        )
        New-Element ($command + 'parameters') @($parameters | ForEach-Object {
                $group = "Group: $(Get-ParameterGroup $Groups $_.Name).$(Format-Companion $Cmdlet $_.Name)"
                ConvertTo-MamlParameter $_ "$($Text.Parameters[$_.Name])`n`n$group" (Get-DefaultValue $Cmdlet $_.Name)
            })
        New-Element ($command + 'inputTypes') @(
            foreach ($parameter in $parameters) {
                $how = Get-PipelineInput $parameter
                if ($how) { New-Type inputType (Get-TypeName $parameter.ParameterType -Full) "Binds to -$($parameter.Name), $how." }
            }
        )
        New-Element ($command + 'returnValues') @($Cmdlet.OutputType | ForEach-Object { New-Type returnValue $_.Name $Text.Outputs })
        New-Element ($command + 'examples') @(
            $number = 0
            foreach ($example in $Text.Examples) {
                $number++
                New-Element ($command + 'example') @(
                    New-Element ($maml + 'title') "--------- Example ${number}: $($example.Title) ---------"
                    New-Element ($dev + 'code') $example.Code
                    # Get-Help sets nothing between examples: the empty paragraph does.
                    New-Element ($dev + 'remarks') @(New-Paragraph $example.Remarks; New-Element ($maml + 'para') '')
                )
            }
        )
        New-Element ($maml + 'relatedLinks') @(
            New-Link 'Online version:' $Cmdlet.HelpUri
            Get-RelatedName $Cmdlet $Cmdlets | ForEach-Object { New-Link $_ }
        )
    )
}

function New-Link([string] $Text, [string] $Uri) {
    New-Element ($maml + 'navigationLink') @(New-Element ($maml + 'linkText') $Text; New-Element ($maml + 'uri') $Uri)
}

# Without a text it is a parameter of the syntax, of which Get-Help shows no more than a line.
function ConvertTo-MamlParameter([System.Management.Automation.CommandParameterInfo] $Parameter, [string] $Text, [string] $Default) {
    $type = $Parameter.ParameterType
    $how = Get-PipelineInput $Parameter
    $values = @(Get-AcceptedValue $Parameter)
    if ($Text -and $values) { $Text += "`n`nAccepted values: $($values -join ', ')." }
    New-Element ($command + 'parameter') @(
        New-Attribute required "$($Parameter.IsMandatory)".ToLowerInvariant()
        New-Attribute position $(if ($Parameter.Position -lt 0) { 'named' } else { $Parameter.Position })
        New-Attribute pipelineInput $(if ($how) { "true ($how)" } else { 'false' })
        New-Attribute globbing "$(Test-Wildcard $Parameter)".ToLowerInvariant()
        New-Attribute aliases $(if ($Parameter.Aliases) { $Parameter.Aliases -join ', ' } else { 'none' })
        New-Element ($maml + 'name') $Parameter.Name
        if ($Text) { New-Element ($maml + 'description') (New-Paragraph $Text) }
        if ($type -ne [switch]) { New-Element ($command + 'parameterValue') @((New-Attribute required 'true'), (Get-TypeName $type)) }
        New-Element ($dev + 'type') (New-Element ($maml + 'name') (Get-TypeName $type))
        New-Element ($dev + 'defaultValue') $(if ($Default) { $Default } else { 'None' })
    )
}

function New-Paragraph([string] $Markdown) { Split-Paragraph $Markdown | ForEach-Object { New-Element ($maml + 'para') $_ } }

function New-Type([string] $Element, [string] $Name, [string] $Text) {
    New-Element ($command + $Element) @(
        New-Element ($dev + 'type') (New-Element ($maml + 'name') $Name)
        New-Element ($maml + 'description') (New-Paragraph $Text)
    )
}

function Get-PipelineInput([System.Management.Automation.CommandParameterInfo] $Parameter) {
    $ways = @(if ($Parameter.ValueFromPipeline) { 'by value' }; if ($Parameter.ValueFromPipelineByPropertyName) { 'by property name' })
    $ways -join ', '
}

function Get-TypeName([type] $Type, [switch] $Full) {
    $underlying = [Nullable]::GetUnderlyingType($Type)
    if ($underlying) { $Type = $underlying }
    if ($Full) { $Type.FullName } else { $Type.Name }
}

function Get-AcceptedValue([System.Management.Automation.CommandParameterInfo] $Parameter) {
    $type = if ($Parameter.ParameterType.IsArray) { $Parameter.ParameterType.GetElementType() } else { $Parameter.ParameterType }
    if ($type.IsEnum) { [Enum]::GetNames($type) }
    $Parameter.Attributes | Where-Object { $_ -is [ValidateSet] } | ForEach-Object { $_.ValidValues }
}

function Test-Wildcard([System.Management.Automation.CommandParameterInfo] $Parameter) {
    @($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
}

function Write-MamlFile([string] $File, [object[]] $Items) {
    [System.Xml.Linq.XNamespace] $root = 'http://msh'
    (New-Element ($root + 'helpItems') @((New-Attribute schema maml); $Items)).Save($File)
}
