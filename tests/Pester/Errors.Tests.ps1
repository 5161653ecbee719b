# Errors for names that don't exist: the nearest one that does or which there are, and what to run next; and what comes after a failure.

BeforeDiscovery {
    $unknown = @(
        @{ Id = 'DatasetNotFound'; Command = { Get-RedisDataset kins }; Says = "'kinds'", 'Get-RedisDataset lists' }
        @{ Id = 'DatasetNotFound'; Command = { Get-RedisTrainingData zzzzzzzzz }; Says = "There is only 'kinds'", 'Import-RedisTrainingData' }
        @{ Id = 'DatasetVersionNotFound'; Command = { Get-RedisDataset kinds -Version 9 }; Says = 'version 9', 'only 1', '-KeepVersion' }
        @{ Id = 'ModelNotFound'; Command = { Test-RedisModel prize -Dataset kinds }; Says = "'price'", 'Get-RedisModel lists' }
        @{ Id = 'ModelVersionNotFound'; Command = { Get-RedisModel price@7 }; Says = 'version 7', 'only 1', '-AllVersion' }
        @{ Id = 'ModelAliasNotFound'; Command = { Get-RedisModel price@champ }; Says = 'champion', 'Publish-RedisModel -Alias' }
        @{ Id = 'ParameterNotFound'; Command = { Get-RedisModelParameter price wait }; Says = 'weight', 'Get-RedisModelParameter lists' }
        @{ Id = 'TrainingRunNotFound'; Command = { Get-RedisDistributedTraining nonsense }; Says = 'There is only', 'Get-RedisDistributedTraining lists' }
        @{ Id = 'MetricNotFound'; Command = { Show-RedisTrainingMetric $curve.Id -Name los }; Says = "'loss'", 'Get-RedisTrainingMetric lists' }
        @{ Id = 'ColumnNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label yy -Wait }; Says = "'y'" }
        @{ Id = 'ColumnNotFound'; Command = { Get-RedisTrainingData kinds -Column nothing }; Says = 'There are', 'side' }
        @{ Id = 'OptionNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Network -Label y -Option @{ Layer = 3 } -Wait }; Says = "'Layers'" }
        @{ Id = 'AlgorithmNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Quantum -Wait }; Says = 'There are', 'Linear' }
        @{ Id = 'UnknownClass'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Logistic -PositiveClass up -Wait }; Says = 'left', 'right' }
        @{ Id = 'FigureNotFound'; Command = { Test-RedisModel price -Dataset kinds -Minimum @{ R3 = 0.5 } }; Says = "'R2'", 'Test-RedisModel shows' }
        @{ Id = 'OnlineTrainingNotFound'; Command = { Get-RedisOnlineTraining nothing }; Says = 'none yet', 'Start-RedisOnlineTraining' }
        @{ Id = 'ServiceNotFound'; Command = { Get-RedisPredictionService nothing }; Says = 'none yet', 'Start-RedisPredictionService' }
        @{ Id = 'ServerNotFound'; Command = { Get-RedisMLServer -Port 1 }; Says = '127.0.0.1:', 'Start-RedisMLServer' }
        @{ Id = 'DatasetNotFound'; Command = { Test-RedisModel price -Dataset kinde }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Split-RedisDataset kinde -TestFraction 0.5 }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Measure-RedisDataset kinde }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Show-RedisDataset kinde }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Set-RedisDataset kinde -Label y }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Remove-RedisDataset kinde -Confirm:$false }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Export-RedisTrainingData kinde -Path "$TestDrive/none.csv" }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Invoke-RedisPrediction price -Dataset kinde }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Measure-RedisFeatureImportance price -Dataset kinde }; Says = "'kinds'" }
        @{ Id = 'DatasetNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -Validation kinde -Wait }; Says = "'kinds'" }
        @{ Id = 'DatasetVersionNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -DatasetVersion 9 -Wait }; Says = 'only 1' }
        @{ Id = 'DatasetVersionNotFound'; Command = { Get-RedisTrainingData kinds -Version 9 }; Says = 'only 1' }
        @{ Id = 'ModelNotFound'; Command = { Export-RedisModel prize -Path "$TestDrive/none.json" }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Publish-RedisModel prize -Alias a }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Remove-RedisModel prize -Confirm:$false }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Get-RedisModelParameter prize }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Remove-RedisModelParameter prize w -Confirm:$false }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Invoke-RedisPrediction prize -InputObject @{ x = 1 } }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Start-RedisPredictionService prize }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Get-RedisNextToken prize to }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { New-RedisText prize }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Measure-RedisLanguageModel prize to }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Get-RedisRecommendation prize -User a }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Add-RedisRating prize -User a -Item b -Rating 1 }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Test-RedisModel price -Dataset kinds -NotWorseThan prize }; Says = "'price'" }
        @{ Id = 'ModelNotFound'; Command = { Start-RedisOnlineTraining m -List seen -InitialModel prize }; Says = "'price'" }
        @{ Id = 'ModelAliasNotFound'; Command = { Publish-RedisModel price -RemoveAlias champ }; Says = 'champion' }
        @{ Id = 'ModelAliasNotFound'; Command = { Invoke-RedisPrediction price@champ -InputObject @{ x = 1 } }; Says = 'champion' }
        @{ Id = 'ModelVersionNotFound'; Command = { Invoke-RedisPrediction price -Version 7 -InputObject @{ x = 1 } }; Says = 'only 1' }
        @{ Id = 'ModelVersionNotFound'; Command = { Remove-RedisModel price -Version 7 -Confirm:$false }; Says = 'only 1' }
        @{ Id = 'ModelVersionNotFound'; Command = { Publish-RedisModel price -Version 7 -Alias a }; Says = 'only 1' }
        @{ Id = 'TrainingRunNotFound'; Command = { Get-RedisTrainingMetric nonsense }; Says = 'There is', 'Get-RedisDistributedTraining lists' }
        @{ Id = 'TrainingRunNotFound'; Command = { Stop-RedisDistributedTraining nonsense }; Says = 'There is', 'Get-RedisDistributedTraining lists' }
        @{ Id = 'TrainingRunNotFound'; Command = { Resume-RedisDistributedTraining nonsense }; Says = 'There is', 'Get-RedisDistributedTraining lists' }
        @{ Id = 'TrainingRunNotFound'; Command = { Join-RedisDistributedTraining nonsense }; Says = 'There is', 'Get-RedisDistributedTraining lists' }
        @{ Id = 'TrainingRunNotFound'; Command = { Remove-RedisDistributedTraining nonsense -Confirm:$false }; Says = 'There is', 'Get-RedisDistributedTraining lists' }
        @{ Id = 'TrainingRunNotFound'; Command = { Show-RedisTrainingMetric nonsense }; Says = 'There', 'Get-RedisDistributedTraining lists' }
        @{ Id = 'MetricNotFound'; Command = { Get-RedisTrainingMetric $curve.Id -Name los }; Says = "'loss'", 'Get-RedisTrainingMetric lists' }
        @{ Id = 'OnlineTrainingNotFound'; Command = { Stop-RedisOnlineTraining nothing }; Says = 'none yet', 'Start-RedisOnlineTraining' }
        @{ Id = 'OnlineTrainingNotFound'; Command = { Remove-RedisOnlineTraining nothing -Confirm:$false }; Says = 'none yet', 'Start-RedisOnlineTraining' }
        @{ Id = 'ServiceNotFound'; Command = { Stop-RedisPredictionService nothing }; Says = 'none yet', 'Start-RedisPredictionService' }
        @{ Id = 'ColumnNotFound'; Command = { Set-RedisDataset kinds -Label yy }; Says = "'y'", 'Get-RedisDataset shows' }
        @{ Id = 'ColumnNotFound'; Command = { Split-RedisDataset kinds -TestFraction 0.5 -Stratify sied }; Says = "'side'", 'Get-RedisDataset shows' }
        @{ Id = 'ColumnNotFound'; Command = { Split-RedisDataset kinds -TestFraction 0.5 -By sied }; Says = "'side'", 'Get-RedisDataset shows' }
        @{ Id = 'ColumnNotFound'; Command = { Get-RedisTrainingData kinds -Filter "sied == 'up'" }; Says = "'side'", 'Get-RedisDataset shows' }
        @{ Id = 'ColumnNotFound'; Command = { Measure-RedisDataset kinds -Column sied }; Says = "'side'", 'Get-RedisDataset shows' }
        @{ Id = 'ColumnNotFound'; Command = { Test-RedisModel price -Dataset kinds -SampleWeight xx }; Says = "'x'", 'Get-RedisDataset shows' }
        @{ Id = 'ColumnNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -Feature xx -Wait }; Says = "'x'", 'Get-RedisDataset shows' }
        @{ Id = 'ColumnNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -Category sied -Wait }; Says = "'side'" }
        @{ Id = 'ColumnNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -ExcludeFeature sied -Wait }; Says = "'side'" }
        @{ Id = 'ColumnNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -SampleWeight xx -Wait }; Says = "'x'" }
        @{ Id = 'ColumnNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -Derive @{ z = 'xx + 1' } -Wait }; Says = "'x'" }
        @{ Id = 'UnknownClass'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Logistic -ClassWeight @{ up = 2 } -Wait }; Says = 'left', 'right' }
        @{ Id = 'AlgorithmNotFound'; Command = { Start-RedisOnlineTraining m -List seen -Algorithm Linaer -Label y }; Says = "'Linear'", '-Algorithm lists' }
        @{ Id = 'OptionNotFound'; Command = { Start-RedisDistributedTraining kinds m -Algorithm Network -Label y -Option @{ Activation = 'Rlu' } -Wait }; Says = "'Relu'" }
        @{ Id = 'ParameterNotFound'; Command = { Remove-RedisModelParameter price wait -Confirm:$false }; Says = 'weight', 'Get-RedisModelParameter lists' }
        @{ Id = 'FileNotFound'; Command = { Import-RedisTrainingData "$TestDrive/shap.csv" }; Says = 'shop.csv' }
        @{ Id = 'FileNotFound'; Command = { Import-RedisTrainingData "$TestDrive/shop[[]1].cvs" }; Says = '-LiteralPath' }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    1..40 | ForEach-Object { [pscustomobject]@{ x = $_; side = @('left', 'right')[$_ % 2]; y = 3 * $_ } } | Import-RedisTrainingData -Dataset kinds -Label side | Out-Null
    $curve = Start-RedisDistributedTraining kinds price -Algorithm Linear -Label y -Feature x -Optimizer Adam -Epoch 2 -WorkerCount 1 -Wait
    $null = Publish-RedisModel price -Alias champion
    'a,b', '1,2' | Set-Content "$TestDrive/shop.csv"
    Set-Content -LiteralPath "$TestDrive/shop[1].csv" 'a,b', '1,2'
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Errors' {
    It 'says for <Id> which there are and what to run: <Command>' -ForEach $unknown {
        $problem = $null
        try { $null = & $Command -ErrorAction Stop -ErrorVariable problems 2>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord]) { throw $_ } } }
        catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        foreach ($part in $Says) { $problem.Exception.Message | Should -BeLike "*$part*" }
    }

    It 'takes brackets in a path as wildcards, and with -LiteralPath as they are' {
        { Import-RedisTrainingData "$TestDrive/shop[1].csv" -Dataset wild -ErrorAction Stop } | Should -Throw '*-LiteralPath*' -ErrorId 'FileNotFound,*'
        (Import-RedisTrainingData -LiteralPath "$TestDrive/shop[1].csv" -Dataset exact).RowsWritten | Should -Be 1
    }

    It 'leaves no run of a training that could never start' {
        $before = @(Get-RedisDistributedTraining).Id
        foreach ($command in { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label none -Wait },
            { Start-RedisDistributedTraining none m -Algorithm Linear -Wait },
            { Start-RedisDistributedTraining kinds m -Algorithm Network -Label y -Option @{ Layer = 3 } -Wait },
            { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label side -Wait },
            { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -Derive @{ z = 'x +' } -Wait },
            { Start-RedisDistributedTraining kinds m -Algorithm Linear -Label y -Validation none -Wait }) {
            { & $command } | Should -Throw
        }
        @(Get-RedisDistributedTraining).Id | Should -Be $before
    }

    It 'refuses -Epoch where the algorithm has none, and says what does it: <Algorithm>' -ForEach @(
        @{ Algorithm = 'MatrixFactorization'; Says = '*Iterations*' }
        @{ Algorithm = 'LightGbm'; Says = '*num_iterations*' }
    ) {
        { Start-RedisDistributedTraining kinds m -Algorithm $Algorithm -Label y -Epoch 3 -Wait } | Should -Throw $Says -ErrorId 'OptionInvalid,*'
    }

    It 'shows of a script that fails its own line alone' {
        $script = {
            param($Batch, $Parameter, $Context)
            $total = 0
            throw "no such luck"
        }
        try { Start-RedisDistributedTraining kinds m -ScriptBlock $script -InitialParameter @{ w = 0.0 } -Label y -WorkerCount 1 -Wait }
        catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'ScriptFailed,*'
        $problem.Exception.Message | Should -BeLike '*at *Errors.Tests.ps1:*:13: no such luck (throw "no such luck")'
    }

    It 'shows of a script in one line the statement that failed alone: <Statement>' -ForEach @(
        @{ Statement = 'throw "too bad"'; Says = 'too bad' }
        @{ Statement = 'Get-Item ./nothing-is-called-so -ErrorAction Stop'; Says = 'nothing-is-called-so' }
        @{ Statement = '[int]::Parse("x")'; Says = "'x'" }
        @{ Statement = "throw ('long ' * 3 + '$('and on ' * 40)')"; Says = 'long'; Quoted = "throw \(.{113}…" }
    ) {
        $script = [scriptblock]::Create("param(`$Batch, `$Parameter, `$Context) `$total = 0; if (`$total -eq 0) { $Statement }; `$total++")
        try { Start-RedisDistributedTraining kinds m -ScriptBlock $script -InitialParameter @{ w = 0.0 } -Label y -WorkerCount 1 -Wait }
        catch { $problem = $_ }
        $message = $problem.Exception.Message
        $message | Should -Match "$([regex]::Escape($Says)).*\($($Quoted ?? [regex]::Escape($Statement))\)$"
        $message | Should -Not -Match '\$total'
    }

    It 'shows of a script that Write-Error stops what it wrote, and no line of the module' {
        try { Start-RedisDistributedTraining kinds m -ScriptBlock { Write-Error 'told so' -ErrorAction Stop } -InitialParameter @{ w = 0.0 } -Label y -WorkerCount 1 -Wait }
        catch { $problem = $_ }
        $problem.Exception.Message | Should -Match "in worker 0 at .*: told so"
        $problem.Exception.Message | Should -Not -Match '\$work|preference variable'
    }
}
