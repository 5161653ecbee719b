<#
    Runs the test files that standard input names, one a line, and answers each with a line: a record separator, and what became of its
    tests as JSON. Sets no preference, which the tests would see.
#>
param(
    # The manifest of Pester.
    [Parameter(Mandatory)] [string] $Pester,
    # Only finds the tests.
    [switch] $Discover
)

function ConvertTo-TestResult($Name, $Outcome, $Item) {
    @{
        Name = $Name
        Outcome = $Outcome
        Seconds = ([timespan] $Item.Duration).TotalSeconds
        Message = ($Item.ErrorRecord | ForEach-Object { $_.DisplayErrorMessage ?? "$_"; $_.DisplayStackTrace ?? $_.ScriptStackTrace }) -join "`n"
    }
}

# Of the tests, and of what failed around them: a file that can't be read, a block's set-up or tear-down.
function Get-TestResult($Run) {
    foreach ($container in $Run.FailedContainers) { ConvertTo-TestResult 'the whole file' Failed $container }
    foreach ($block in $Run.FailedBlocks) { ConvertTo-TestResult "$($block.ExpandedPath -join '.'), around its tests" Failed $block }
    foreach ($test in $Run.Tests) {
        ConvertTo-TestResult $test.ExpandedPath ($Discover -and $test.Result -eq 'NotRun' ? 'Found' : $test.Result) $test
    }
}

try {
    Import-Module $Pester -ErrorAction Stop
    while ($file = [Console]::In.ReadLine()) {
        $configuration = New-PesterConfiguration @{
            Run = @{ Path = $file; PassThru = $true; SkipRun = [bool] $Discover }
            Output = @{ Verbosity = 'None' }
        }
        $results = @(Get-TestResult (Invoke-Pester -Configuration $configuration))
        if (-not $results) { throw "There is no test in $file." }
        [Console]::Out.WriteLine("`u{1e}" + (ConvertTo-Json $results -Compress))
    }
}
catch {
    # The last line but for the end: it shows as the cause.
    [Console]::Out.WriteLine(($_ | Format-List Exception, ScriptStackTrace -Force | Out-String))
    exit 1
}
