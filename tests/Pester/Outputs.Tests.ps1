# What the cmdlets return, as JSON and as CSV: each cmdlet that returns objects has a sample here.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    # A text, the file written, or the rows of the user's own data aren't the module's objects.
    $others = 'New-RedisText', 'Export-RedisModel', 'Show-RedisTrainingMetric', 'Show-RedisDataset', 'Get-RedisTrainingData'
    $cmdlets = (Get-Command -Module RedisML | Where-Object { $_.OutputType -and $_.Name -notin $others }).Name
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $server = Start-RedisMLServer
    $connection = Connect-RedisML -Port $server.Port -Credential $server.Credential
    $rows = 1..60 | ForEach-Object { [pscustomobject]@{ x = $_; side = 'left', 'right', 'up' | Select-Object -Index ($_ % 3); y = 2 * $_ + 1; day = [datetime]::new(2026, 11, 1 + $_ % 9) } }
    $options = @{ WorkerCount = 1; Wait = $true }
    $samples = @{
        'Start-RedisMLServer' = $server
        'Get-RedisMLServer' = Get-RedisMLServer -Port $server.Port
        'Connect-RedisML' = $connection
        'Get-RedisMLConnection' = Get-RedisMLConnection
        'Test-RedisMLConnection' = Test-RedisMLConnection
        'Get-RedisMLAccessRule' = Get-RedisMLAccessRule -For Train
        'Import-RedisTrainingData' = $rows | Import-RedisTrainingData -Dataset line -Label y
        'Get-RedisDataset' = Get-RedisDataset line
        'Set-RedisDataset' = Set-RedisDataset line -Label y -PassThru
        'Split-RedisDataset' = Split-RedisDataset line -TestFraction 0.3 -Seed 1 -Stratify side
        'Measure-RedisDataset' = Measure-RedisDataset line
        'Export-RedisTrainingData' = Export-RedisTrainingData line -Path "$TestDrive/line.csv"
        'Start-RedisDistributedTraining' = Start-RedisDistributedTraining line price -Algorithm Linear -Feature x, side @options
        'Get-RedisDistributedTraining' = Get-RedisDistributedTraining
        'Get-RedisModelParameter' = @(Get-RedisModelParameter price) + @(Get-RedisModelParameter price -Name weight -Expand)
        'Set-RedisModelParameter' = Set-RedisModelParameter byhand w 1, 2 -PassThru
        'Invoke-RedisPrediction' = @(Invoke-RedisPrediction price -Dataset line-test -OutputDataset guessed)
        'Measure-RedisFeatureImportance' = Measure-RedisFeatureImportance price -Dataset line-test -Seed 1
    }
    $null = Start-RedisDistributedTraining line side -Algorithm Softmax -Label side -Feature x, y @options
    $null = Start-RedisDistributedTraining line net -Algorithm Network -Option @{ Layers = 4, 2 } -Feature x -Epoch 1 @options
    $samples['Get-RedisTrainingMetric'] = Get-RedisDistributedTraining | Where-Object Model -EQ net | Get-RedisTrainingMetric
    $samples['Test-RedisModel'] = @(Test-RedisModel price -Dataset line-test) + @(Test-RedisModel side -Dataset line-test) +
        @(Test-RedisModel side -Dataset line-test -Minimum @{ Accuracy = 0 })
    $samples['Publish-RedisModel'] = Publish-RedisModel price -Alias champion -Tag @{ team = "sales" }
    $samples['Get-RedisModel'] = @(Get-RedisModel) + @(Get-RedisModel price -History)
    Export-RedisModel price -Path "$TestDrive/price.onnx" | Out-Null
    $samples['Import-RedisModel'] = Import-RedisModel "$TestDrive/price.onnx" -Name copy

    $ratings = foreach ($user in 1..20) { foreach ($film in 1..8) { if (($user + 3 * $film) % 4) { @{ user = "u$user"; film = "f$film"; stars = 1 + ($user * $film) % 5 } } } }
    $ratings | Import-RedisTrainingData -Dataset ratings -Label stars | Out-Null
    $null = Start-RedisDistributedTraining ratings films -Algorithm MatrixFactorization -Option @{ Item = 'film'; Factors = 2 } @options
    $samples['Add-RedisRating'] = Add-RedisRating films -User anna -Item f7 -Rating 5 -PassThru
    $samples['Get-RedisRecommendation'] = @(Get-RedisRecommendation films -User anna -Count 2) + @(Get-RedisRecommendation films -User anna -AsSortedSet)
    $samples['Test-RedisModel'] += @(Test-RedisModel films -Dataset ratings)

    $rows | Select-Object x, y | Add-RedisTrainingSample -List sold
    $samples['Start-RedisOnlineTraining'] = Start-RedisOnlineTraining appraisal -List sold -Algorithm Linear -Label y -Once -Wait
    $samples['Get-RedisOnlineTraining'] = Get-RedisOnlineTraining
    $job = Start-RedisPredictionService price@champion
    $samples['Get-RedisPredictionService'] = Get-RedisPredictionService
    Stop-Job $job
    $samples['Start-RedisPredictionService'] = Receive-Job $job
    Remove-Job $job
    $samples['Add-RedisLanguageModelText'] = 'to be or not to be' | Add-RedisLanguageModelText hamlet
    $samples['Get-RedisNextToken'] = Get-RedisNextToken hamlet 'to' -Count 2
    $samples['Measure-RedisLanguageModel'] = Measure-RedisLanguageModel hamlet 'to be'
    $samples['Resume-RedisDistributedTraining'] = $samples['Join-RedisDistributedTraining'] = $samples['Start-RedisDistributedTraining']

    $enums = foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) {
        if ($assembly.GetName().Name -like 'RedisML*') { $assembly.GetTypes().Where{ $_.IsEnum -and $_.IsPublic }.Name }
    }

    # What an object turns into, and each value in it with its path.
    function Find-Value($Value, [string] $Path = '') {
        if ($Value -is [System.Collections.IDictionary]) { foreach ($key in $Value.Keys) { Find-Value $Value[$key] "$Path.$key" } }
        elseif ($Value -is [System.Collections.IEnumerable] -and $Value -isnot [string]) { foreach ($item in $Value) { Find-Value $item "$Path[]" } }
        else { [pscustomobject] @{ Path = $Path; Value = $Value } }
    }
}

AfterAll {
    if ($env:REDISML_KEEP_OUTPUTS) { foreach ($name in $samples.Keys) { @(foreach ($o in $samples[$name]) { $o | ConvertTo-Json -Depth 5; $o | ConvertTo-Csv }) | Set-Content "$env:REDISML_KEEP_OUTPUTS/$name.txt" } }
    Disconnect-RedisML
    Stop-RedisMLServer $server
}

Describe 'Outputs' {
    It 'converts what <_> returns to JSON as one wants it' -ForEach $cmdlets {
        $samples[$_] | Should -Not -BeNullOrEmpty -Because 'each cmdlet has a sample here'
        foreach ($object in $samples[$_]) {
            $json = ConvertTo-Json $object -Depth 5 -WarningAction Stop
            $json | Should -Not -Match 'System\.|`\d|ValueKind|"Ticks"|RedisML\.[A-Z]'
            foreach ($leaf in Find-Value ($json | ConvertFrom-Json -AsHashtable)) {
                $names = $leaf.Path -split '[.\[\]]+'
                if ($names[-1] -in $enums + 'State', 'Kind', 'Layout', 'Compression', 'Type', 'Task', 'Mode', 'Basis', 'Role') {
                    $leaf.Value | Should -Not -BeOfType [long] -Because "$($leaf.Path) is a name"
                }
                if ($leaf.Value -is [string] -and $leaf.Value -match '^\d+/\d+/\d{4}') { throw "$($leaf.Path) isn't ISO 8601: $($leaf.Value)" }
            }
        }
    }

    It 'converts what <_> returns to CSV as one wants it' -ForEach $cmdlets {
        foreach ($object in $samples[$_]) {
            $csv = $object | ConvertTo-Csv
            $csv | Should -Not -Match 'System\.|`\d|ValueKind|RedisML\.[A-Z]'
            foreach ($property in ($csv | ConvertFrom-Csv).PSObject.Properties) {
                $property.Value | Should -Not -Match '^\d+/\d+/\d{4}|^@\{' -Because "$($property.Name) is read by others"
            }
        }
    }

    It 'lists what <_> returns without JSON, within 80 columns' -ForEach $cmdlets {
        # One by one: the list of others behind an object of another type is PowerShell's own.
        $text = $samples[$_].ForEach{ $_ | Format-List | Out-String -Width 80 }
        $text | Should -Not -Match '\{"|@\{|System\.|…\d'
    }

    It 'lists figures of the task alone' {
        $samples['Test-RedisModel'][0] | Format-List | Out-String | Should -Not -Match 'PoissonDeviance|D2|Source'
        $samples['Test-RedisModel'][1] | Format-List | Out-String | Should -Not -Match 'Auc|PositiveClass|(?m)^F1'
    }

    It 'keeps names comparable, times times, and lists lists' {
        $run = $samples['Get-RedisDistributedTraining'][0]
        $run.State -eq 'Completed' | Should -BeTrue
        $run.Started | Should -BeLessThan ([datetimeoffset]::Now.AddMinutes(1))
        $run.Started.Year | Should -BeGreaterThan 2000
        $run.Started.ToString('yyyy') | Should -Be $run.Started.Year
        $run.Started.ToString() | Should -Match '^\d{4}-\d\d-\d\dT'
        $dataset = $samples['Get-RedisDataset']
        $dataset.Columns.Name | Should -Be 'x', 'side', 'y', 'day'
        $dataset.Columns[0].Type | Should -BeExactly 'Int64'
        $dataset.Columns.Count | Should -Be 4
        ($dataset | Get-Member).TypeName | Select-Object -Unique | Should -Be 'RedisML.Datasets.Dataset'
        (Get-RedisModel price).Aliases -contains 'champion' | Should -BeTrue
        (Get-RedisModel price).Tags['team'] | Should -Be sales
    }

    It 'keeps the shape of a confusion matrix in JSON, and in a cell of CSV' {
        $report = $samples['Test-RedisModel'][1]
        $classes = 'left', 'right', 'up'
        foreach ($matrix in ($report | ConvertTo-Json -Depth 5 | ConvertFrom-Json).ConfusionMatrix,
            (($report | ConvertTo-Csv | ConvertFrom-Csv).ConfusionMatrix | ConvertFrom-Json)) {
            $matrix.Actual | Should -Be $classes
            ($matrix | ForEach-Object { $_.left + $_.right + $_.up } | Measure-Object -Sum).Sum | Should -Be $report.Rows
        }
    }

    It 'shows options as they were given, in the definition of a model' {
        ((Get-RedisModel net | ConvertTo-Json -Depth 5 | ConvertFrom-Json).Definition.Options).Layers | Should -Be 4, 2
    }

    It 'takes its own outputs: a model, a run, a dataset as schema, a server' {
        Get-RedisModel price | Test-RedisModel -Dataset line-test | Should -Not -BeNullOrEmpty
        @(Get-RedisDistributedTraining | Where-Object Model -EQ net | Get-RedisTrainingMetric).Count | Should -BeGreaterThan 0
        'x,side,y,day', '1,2,3,2026-01-01' | Set-Content "$TestDrive/like.csv"
        $null = Import-RedisTrainingData "$TestDrive/like.csv" -Dataset like -Schema (Get-RedisDataset line)
        (Get-RedisDataset like).Columns[1].Type | Should -Be Utf8
        $other = Start-RedisMLServer
        Get-RedisMLServer -Port $other.Port | Stop-RedisMLServer
        Get-RedisMLServer -Port $other.Port -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}
