BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    . "$PSScriptRoot/Servers.ps1"
    . "$PSScriptRoot/EndlessRun.ps1"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Start-RedisDistributedTraining' {
    It 'trains and returns the run with -Wait' {
        $run = Start-RedisDistributedTraining -Dataset diamonds -Model price -Algorithm Linear -WorkerCount 2 -Wait
        $run.State | Should -Be 'Completed'
        $run.Model | Should -Be 'price'
        $run.Dataset | Should -Be 'diamonds'
        $run.Workers | Should -Be 2
        $run.RowsUsed | Should -Be 53940
        $run.ModelVersion | Should -Be (Get-RedisModel price).Version
    }

    It 'is a job with a child a worker, as other jobs are' {
        $job = Start-RedisDistributedTraining diamonds price2 -Algorithm Linear -WorkerCount 3
        $job | Should -BeOfType [System.Management.Automation.Job]
        $job.ChildJobs.Count | Should -Be 3
        ($job | Wait-Job -Timeout 120).State | Should -Be 'Completed'
        (Get-Job $job.Id -IncludeChildJob).Count | Should -BeGreaterOrEqual 3
        ($job | Receive-Job -Wait -AutoRemoveJob).Model | Should -Be 'price2'
        Get-Job $job.Id -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'stops when told to' {
        $job = Start-RedisDistributedTraining diamonds price3 -Algorithm Softmax -Label clarity -Tolerance 0 -MaxIteration 1000000 -WorkerCount 2
        $job | Stop-Job
        $job.State | Should -BeIn 'Stopped', 'Completed'
        $job | Remove-Job
    }

    It 'derives a label, and makes categories of numbers' {
        $run = Start-RedisDistributedTraining diamonds expensive -Algorithm Logistic -Derive @{ expensive = 'price > 5000' } -Label expensive `
            -Feature carat, cut, color, clarity, table -Category table -Wait
        $run.State | Should -Be 'Completed'
        (Test-RedisModel expensive -Dataset diamonds).Accuracy | Should -BeGreaterThan 0.9
    }

    It 'gives the same parameters to the last bit for one worker and for four' {
        foreach ($workers in 1, 4) {
            $null = Start-RedisDistributedTraining diamonds "w$workers" -Algorithm Linear -WorkerCount $workers -Seed 1 -Wait
        }
        $one, $four = 'w1', 'w4' | ForEach-Object { (Get-RedisModelParameter $_ weight).Value | ForEach-Object { [BitConverter]::DoubleToInt64Bits($_) } | Join-String -Separator ',' }
        $one | Should -BeExactly $four
    }

    It 'trains by batches with <_> to the same result as L-BFGS' -ForEach 'Sgd', 'Adam' {
        $null = Start-RedisDistributedTraining diamonds best -Algorithm Linear -Wait
        $run = Start-RedisDistributedTraining diamonds batches -Algorithm Linear -Optimizer $_ -BatchSize 512 -Epoch 10 -Seed 7 -Wait
        $run.Step | Should -Be 10
        $best, $batches = 'best', 'batches' | ForEach-Object { (Test-RedisModel $_ diamonds).R2 }
        $batches | Should -BeGreaterThan ($best - 0.01)
    }

    It 'stops early on a validation dataset' {
        $null = Split-RedisDataset diamonds -TestFraction 0.2 -Seed 1
        $run = Start-RedisDistributedTraining diamonds-train early -Algorithm Logistic -Derive @{ dear = 'price > 5000' } -Label dear -Optimizer Adam `
            -LearningRateSchedule Constant -Epoch 200 -Validation diamonds-test -Patience 2 -Wait
        $run.Step | Should -BeLessThan 200
        (Get-RedisModel early).Definition.Metrics['validationLoss'] | Should -BeGreaterThan 0
    }

    It 'drops columns with -L1, and weighs classes' {
        $null = Start-RedisDistributedTraining diamonds sparse -Algorithm Linear -L1 2000000 -L2 0 -Wait
        @((Get-RedisModelParameter sparse weight).Value -eq 0).Count | Should -BeGreaterThan 5
        $null = Start-RedisDistributedTraining diamonds cut -Algorithm Softmax -Label cut -ClassWeight Balanced -MaxIteration 20 -Wait -WarningAction SilentlyContinue
        (Test-RedisModel cut diamonds).Accuracy | Should -BeGreaterThan 0.4
    }

    It 'predicts counts with Poisson, of weighted rows' {
        $null = Start-RedisDistributedTraining diamonds counts -Algorithm Poisson -Derive @{ w = 'carat + 1' } -SampleWeight w -Wait
        $test = Test-RedisModel counts diamonds
        $test.D2 | Should -BeGreaterThan 0.5
        $test.R2 | Should -BeGreaterThan 0.5
    }

    It 'keeps its options with the model' {
        Set-Content TestDrive:/line.csv (@('x,y') + (0..2999 | ForEach-Object { "$($_ % 17),$(3 * ($_ % 17) + $_ % 3)" }))
        $null = Import-RedisTrainingData TestDrive:/line.csv -Label y
        $null = Split-RedisDataset line -TestFraction 0.3 -Seed 1
        $null = Start-RedisDistributedTraining line-train kept -Algorithm Logistic -Derive @{ big = 'y > 20' } -Label big -L1 2 -L2 0.5 -Seed 3 `
            -ClassWeight @{ true = 3 } -Optimizer Adam -Epoch 50 -BatchSize 300 -LearningRateSchedule Linear -Validation line-test -Patience 4 -Wait
        $definition = (Get-RedisModel kept).Definition
        $options = $definition.Options
        $options.l1, $options.l2, $definition.Lineage.Seed | Should -Be 2, 0.5, 3
        $definition.Metrics['iterations'] | Should -BeGreaterOrEqual 5
        $definition.Metrics['iterations'] | Should -BeLessOrEqual 50
        $definition.Metrics['validationLoss'] | Should -BeGreaterThan 0
    }

    It 'trains the same model of hashes as of chunks' {
        # More rows than are read together, and not a multiple of them.
        Set-Content TestDrive:/many.csv (@('x,z,y') + (0..4999 | ForEach-Object { "$($_ % 17),$($_ % 23),$($_ % 7 * $_ % 11 -lt 5 ? 'yes' : 'no')" }))
        $chunks, $hashes = 'Columnar', 'Hash' | ForEach-Object {
            $null = Import-RedisTrainingData TestDrive:/many.csv -Dataset "by$_" -Label y -Layout $_
            Start-RedisDistributedTraining "by$_" "by$_" -Algorithm Logistic -WorkerCount 2 -Tolerance 1e-12 -Wait
        }
        $chunks.RowsUsed, $hashes.RowsUsed | Should -Be 5000, 5000
        [math]::Abs($hashes.Loss - $chunks.Loss) | Should -BeLessThan 1e-9
    }

    It 'trains the same model of entries of a stream as of chunks' {
        $before = Get-RedisMLConnection
        $server = Start-RedisServer
        try {
            $connection = Connect-RedisML -HostName 127.0.0.1 -Port $server.Port
            Set-Content TestDrive:/many.csv (@('x,y') + (0..4999 | ForEach-Object { "$($_ % 17),$($_ % 17 * 3 + $_ % 2)" }))
            $chunks, $entries = 'Columnar', 'Stream' | ForEach-Object {
                $null = Import-RedisTrainingData TestDrive:/many.csv -Dataset $_ -Label y -Layout $_
                Start-RedisDistributedTraining $_ $_ -Algorithm Linear -WorkerCount 2 -Wait
            }
            $chunks.RowsUsed, $entries.RowsUsed | Should -Be 5000, 5000
            [math]::Abs($entries.Loss - $chunks.Loss) | Should -BeLessThan 1e-9
        }
        finally {
            Stop-RedisServer $server
            $null = Connect-RedisML -Embedded -Prefix $before.Prefix
        }
    }

    It 'refuses <arguments>, and says what <column> is' -ForEach @(
        @{ column = 'v'; type = 'List(Int64)'; id = 'FeatureTypeUnsupported'; arguments = @{ Label = 'y'; Feature = 'x', 'v' } }
        @{ column = 'day'; type = 'Date32'; id = 'FeatureTypeUnsupported'; arguments = @{ Label = 'y'; Feature = 'x', 'day' } }
        @{ column = 'day'; type = 'Date32'; id = 'LabelTypeUnsupported'; arguments = @{ Label = 'day'; Feature = 'x' } }
        @{ column = 'v'; type = 'List(Int64)'; id = 'LabelTypeUnsupported'; arguments = @{ Label = 'v'; Feature = 'x' } }
    ) {
        Set-Content TestDrive:/typed.jsonl (1..50 | ForEach-Object { '{"x":' + $_ % 7 + ',"y":' + $_ + ',"day":"2024-01-0' + (1 + $_ % 9) + '","v":[1,2]}' })
        $null = Import-RedisTrainingData TestDrive:/typed.jsonl -Dataset typed -WarningAction Ignore
        { Start-RedisDistributedTraining typed bad -Algorithm Linear @arguments -Wait } | Should -Throw "*'$column' is of type $type*" -ErrorId "$id,*"
    }

    It 'trains nothing with -WhatIf' {
        Start-RedisDistributedTraining diamonds nothing -Algorithm Linear -Wait -WhatIf | Should -BeNullOrEmpty
        Get-RedisModel nothing* | Should -BeNullOrEmpty
    }

    It 'fails with <id> for <what>' -ForEach @(
        @{ what = 'an unknown dataset'; id = 'DatasetNotFound'; arguments = @{ Dataset = 'diamond'; Algorithm = 'Linear' } }
        @{ what = 'an unknown label'; id = 'ColumnNotFound'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Linear'; Label = 'prize' } }
        @{ what = 'a label of text in a linear model'; id = 'LabelNotNumeric'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Linear'; Label = 'cut' } }
        @{ what = 'too many classes'; id = 'TooManyClasses'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Logistic'; Label = 'cut' } }
        @{ what = 'an unknown validation dataset'; id = 'DatasetNotFound'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Linear'; Validation = 'diamond' } }
        @{ what = 'an unknown class'; id = 'UnknownClass'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Softmax'; Label = 'cut'; ClassWeight = @{ Fine = 2 } } }
        @{ what = 'a class weight that is none'; id = 'WeightInvalid'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Softmax'; Label = 'cut'; ClassWeight = 7 } }
        @{ what = 'a broken expression'; id = 'InvalidExpression'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Linear'; Derive = @{ x2 = 'x *' }; Feature = 'x2' } }
    ) {
        { Start-RedisDistributedTraining @arguments -Model bad -Wait } | Should -Throw -ErrorId "$id,RedisML.PowerShell.Training.StartRedisDistributedTrainingCommand"
        Get-RedisModel bad* | Should -BeNullOrEmpty
    }

    It 'fails as a job, with the error in it' {
        $job = Start-RedisDistributedTraining diamonds bad -Algorithm Logistic -Label cut
        ($job | Wait-Job -Timeout 120).State | Should -Be 'Failed'
        $job | Receive-Job -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'TooManyClasses*'
        $job | Remove-Job
    }
}

Describe 'Start-RedisDistributedTraining -ScriptBlock' {
    BeforeAll {
        $line = {
            param($Batch, $Parameter, $Context)
            $carat = $Batch['carat']
            $slope = 0.0; $offset = 0.0; $loss = 0.0
            for ($row = 0; $row -lt $Batch.Rows; $row++) {
                $difference = $Parameter.slope * $carat[$row] + $Parameter.offset - $Batch.Label[$row]
                $slope += $difference * $carat[$row]; $offset += $difference; $loss += $difference * $difference / 2
            }
            $Context.WriteMetric('rmse', [math]::Sqrt(2 * $loss / $Batch.Rows))
            @{ Loss = $loss; slope = $slope; offset = $offset }
        }
    }

    It 'trains what the script says, in any number of workers' {
        foreach ($workers in 1, 2) {
            $null = Start-RedisDistributedTraining diamonds "line$workers" -Feature carat -ScriptBlock $line -InitialParameter @{ slope = 0.0; offset = 0.0 } -Tolerance 1e-8 -WorkerCount $workers -Wait
        }
        (Get-RedisModelParameter line1 slope).Value | Should -BeGreaterThan 7700
        (Get-RedisModelParameter line1 slope).Value | Should -BeLessThan 7800
        (Get-RedisModelParameter line2 slope).Value | Should -BeExactly (Get-RedisModelParameter line1 slope).Value
    }

    It 'has $using:, functions, modules and all streams' {
        $word = 'using'
        $job = Start-RedisDistributedTraining diamonds streams -Feature carat -InitialParameter @{ p = 0.0 } -Reduce Average -Epoch 1 -WorkerCount 1 -ScriptBlock {
            function Get-Word { $using:word }
            Write-Verbose "verbose $(Get-Word)" -Verbose
            Write-Warning 'warning'
            Write-Error 'error'
            Write-Information 'information'
            Get-Random -Minimum 7 -Maximum 8
            @{ p = 1.0 }
        }
        ($job | Wait-Job -Timeout 120).State | Should -Be 'Completed'
        $child = $job.ChildJobs[0]
        "$($child.Verbose[0])" | Should -Be 'verbose using'
        "$($child.Warning[0])" | Should -Be 'warning'
        "$($child.Error[0])" | Should -Be 'error'
        "$($child.Information[0])" | Should -Be 'information'
        $child.Output[0] | Should -Be 7
        $job | Remove-Job
    }

    It 'fails with worker and line when the script does' {
        $job = Start-RedisDistributedTraining diamonds failing -Feature carat -InitialParameter @{ p = 0.0 } -ScriptBlock {
            throw 'on purpose'
        }
        ($job | Wait-Job -Timeout 120).State | Should -Be 'Failed'
        $job | Receive-Job -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ScriptFailed*'
        "$($failure[0])" | Should -Match 'worker \d.*Start-RedisDistributedTraining.Tests.ps1:\d+.*on purpose'
        $job | Remove-Job
    }

    It 'needs parameters to start from' {
        { Start-RedisDistributedTraining diamonds none -ScriptBlock { } -Wait } |
            Should -Throw -ErrorId 'InitialParameterMissing,RedisML.PowerShell.Training.StartRedisDistributedTrainingCommand'
    }
}

Describe 'The jobs of Start-RedisDistributedTraining' {
    BeforeAll {
        $endless = @{ Dataset = 'diamonds'; Algorithm = 'Softmax'; Label = 'clarity'; Tolerance = 0; MaxIteration = 1000000; WorkerCount = 2 }
    }

    It 'waits no longer than Wait-Job is told to, and stops at once' {
        $job = Start-RedisDistributedTraining @endless -Model timeout
        $job | Wait-Job -Timeout 1 | Should -BeNullOrEmpty
        $job.State | Should -Be 'Running'
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $job | Stop-Job
        # An endless run that went on would take hours.
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 60
        $job.State | Should -Be 'Stopped'
        $job | Remove-Job
        Get-RedisModel timeout* | Should -BeNullOrEmpty
    }

    It 'removes a running job only with -Force, and stops it then' {
        $job = Start-RedisDistributedTraining @endless -Model removed
        { $job | Remove-Job -ErrorAction Stop } | Should -Throw
        $job | Remove-Job -Force
        $job.State | Should -Be 'Stopped'
        Get-Job -Id $job.Id -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'runs two at once in a session' {
        $jobs = 'a', 'b' | ForEach-Object { Start-RedisDistributedTraining diamonds "both-$_" -Algorithm Linear -WorkerCount 2 }
        $runs = $jobs | Receive-Job -Wait -AutoRemoveJob
        $runs.Model | Sort-Object | Should -Be 'both-a', 'both-b'
        $runs.State | Should -Be 'Completed', 'Completed'
        $runs[0].Loss | Should -BeExactly $runs[1].Loss
    }

    It 'leaves no runspace and no thread behind' {
        $null = Start-RedisDistributedTraining diamonds left -Algorithm Linear -WorkerCount 4 -Wait
        $before = (Get-Runspace).Count
        $threads = [System.Diagnostics.Process]::GetCurrentProcess().Threads.Count
        foreach ($i in 1..5) { $null = Start-RedisDistributedTraining diamonds left -Algorithm Linear -WorkerCount 4 -Wait }
        $deadline = [datetime]::Now.AddSeconds(120)
        while ((Get-Runspace).Count -gt $before -and [datetime]::Now -lt $deadline) { Start-Sleep -Milliseconds 50 }
        (Get-Runspace).Count | Should -BeLessOrEqual $before
        # Those of the pool come and go; twenty would be all workers.
        while ([System.Diagnostics.Process]::GetCurrentProcess().Threads.Count -ge $threads + 10 -and [datetime]::Now -lt $deadline) { Start-Sleep -Milliseconds 50 }
        [System.Diagnostics.Process]::GetCurrentProcess().Threads.Count | Should -BeLessThan ($threads + 10)
    }

    It 'ends when the pipeline under -Wait is stopped' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript({
            param($module, $prefix, $arguments)
            Import-Module $module
            $null = Connect-RedisML -Embedded -Prefix $prefix
            Start-RedisDistributedTraining @arguments -Model stopped -Wait
        }).AddArgument("$PSScriptRoot/../../artifacts/RedisML").AddArgument((Get-RedisMLConnection).Prefix).AddArgument($endless)
        $null = $shell.BeginInvoke()
        Wait-Run -model stopped -condition { $_.Step -gt 0 }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        # An endless run that went on would take hours.
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 60
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Dispose()
        Get-RedisModel stopped* | Should -BeNullOrEmpty
    }

    Context 'with dates' {
        BeforeAll {
            $random = [random]::new(1)
            $rows = 1..400 | ForEach-Object {
                $day = ([datetime] '2023-01-01').AddDays($_ - 1)
                $price = $random.NextDouble() * 10
                [pscustomobject]@{
                    day = $day.Date; at = $day.AddHours($random.Next(24)); store = ('East', 'West')[$random.Next(2)]; price = $price
                    units = 40 - 2 * $price + 5 * ($day.Month -eq 12) + $random.NextDouble()
                }
            }
            $null = $rows | Import-RedisTrainingData -Dataset sales
            $null = Split-RedisDataset sales -By day -TestFraction 0.25
        }

        It 'leaves dates out of the features with one warning, which names them' {
            $null = Start-RedisDistributedTraining sales-train plain -Algorithm Linear -Label units -Wait -WarningVariable warnings -WarningAction SilentlyContinue
            $warnings = @($warnings -like '*dates*')
            $warnings.Count | Should -Be 1
            $warnings[0] | Should -BeLike '*day*at*-Derive*'
            (Get-RedisModel plain).Definition.Pipeline.Inputs.Name | Should -Be 'store', 'price'
        }

        It 'says nothing of dates that are excluded, or that are not among the features' {
            $null = Start-RedisDistributedTraining sales-train plain -Algorithm Linear -Label units -ExcludeFeature day, at -Wait -WarningVariable excluded -WarningAction SilentlyContinue
            $null = Start-RedisDistributedTraining sales-train plain -Algorithm Linear -Label units -Feature store, price -Wait -WarningVariable named -WarningAction SilentlyContinue
            @($excluded) + @($named) -like '*dates*' | Should -BeNullOrEmpty
        }

        It 'leaves features out by wildcards, and refuses a column that is not there' {
            $null = Start-RedisDistributedTraining sales-train part -Algorithm Linear -Label units -ExcludeFeature 'p*', day, a? -Wait
            (Get-RedisModel part).Definition.Pipeline.Inputs.Name | Should -Be 'store'
            { Start-RedisDistributedTraining sales-train part -Algorithm Linear -Label units -ExcludeFeature prise -Wait } |
                Should -Throw "*'price'*" -ErrorId 'ColumnNotFound,*'
        }

        It 'takes what is derived of a date, in training, testing and filtering' {
            $null = Start-RedisDistributedTraining sales month -Algorithm Linear -Label units -Feature store, price, december -Derive @{ december = 'month(day) == 12' } -Wait
            (Test-RedisModel month sales).R2 | Should -BeGreaterThan 0.98
            (Get-RedisTrainingData sales -Filter 'day >= "2023-12-01"').Count | Should -Be 66
            (Get-RedisTrainingData sales -Filter "at -ge '2023-12-01 12:00' -and month(day) -eq 12").Count | Should -BeGreaterThan 25
            (Test-RedisModel plain sales-test).R2 | Should -Not -BeNullOrEmpty
        }
    }

    Context 'of a network' {
        BeforeAll {
            $random = [random]::new(3)
            $rows = 1..600 | ForEach-Object {
                $x, $y = ($random.NextDouble() * 2 - 1), ($random.NextDouble() * 2 - 1)
                [pscustomobject]@{ x = $x; y = $y; side = ('in', 'out')[$x * $x + $y * $y -gt 0.5]; sign = ('plus', 'minus')[$x -lt 0] }
            }
            $null = $rows | Import-RedisTrainingData -Dataset disc
        }

        It 'learns what is not linear by default, and tells what its parameters belong to' {
            $run = Start-RedisDistributedTraining disc disc -Algorithm Network -Label side -Option @{ Layers = 16, 8; Dropout = 0.0; WeightDecay = 0.001 } -Epoch 80 -Wait
            $run.State, $run.Step | Should -Be 'Completed', 80
            (Test-RedisModel disc disc).Accuracy | Should -BeGreaterThan 0.93
            (Get-RedisModel disc).Definition.Task | Should -Be 'Classes'
            (Get-RedisModelParameter disc weight.2).Value.Count | Should -Be 16
            (Get-RedisTrainingMetric $run.Id -Name loss).Count | Should -Be 80
            Export-RedisModel disc "$TestDrive/disc.onnx"
            "$TestDrive/disc.onnx" | Should -Exist
            ([pscustomobject]@{ x = 0; y = 0; sign = 'plus' } | Invoke-RedisPrediction disc).Prediction | Should -Be 'in'
        }

        It 'refuses <name> before any row is read' -ForEach @(
            @{ name = 'an unknown option'; option = @{ Layer = 5 }; id = 'OptionNotFound'; says = "*'Layers'*" }
            @{ name = 'an unknown activation'; option = @{ Activation = 'Tan' }; id = 'OptionNotFound'; says = "*'Tanh'*" }
            @{ name = 'dropout of everything'; option = @{ Dropout = 1 }; id = 'OptionInvalid'; says = '*Dropout*' }
        ) {
            { Start-RedisDistributedTraining disc refused -Algorithm Network -Label side -Option $option -Wait } | Should -Throw $says -ErrorId "$id,*"
            { Start-RedisDistributedTraining disc refused -Algorithm Network -Label side -Optimizer Lbfgs -Wait } |
                Should -Throw '*Adam or Sgd*' -ErrorId 'ConflictingOptions,*'
        }
    }

    It 'says how many rows it left out, and because of which columns' {
        $rows = 1..50 | ForEach-Object { [pscustomobject]@{ x = $(if ($_ % 5) { $_ }); z = $(if ($_ % 10 -ne 1) { $_ * $_ }); y = $_ } }
        $null = $rows | Import-RedisTrainingData -Dataset gaps
        $run = Start-RedisDistributedTraining gaps gaps -Algorithm Linear -Label y -Missing Drop -Wait -WarningVariable warnings -WarningAction SilentlyContinue
        $run.RowsDropped, $run.RowsUsed | Should -Be 15, 35
        $warnings -like '*15 of 50 rows were left out*' | Should -BeLike "*'x' in 10, 'z' in 5*-Missing Mean*"
        (Get-RedisDistributedTraining $run.Id).RowsDropped | Should -Be 15
        $run.Warnings.Count | Should -Be 1
    }

    It 'names the cause of a fit without a minimum' {
        $rows = 1..40 | ForEach-Object { [pscustomobject]@{ x = $_; y = $(if ($_ -gt 20) { 'p' } else { 'n' }) } }
        $null = $rows | Import-RedisTrainingData -Dataset separated
        $null = Start-RedisDistributedTraining separated separated -Algorithm Logistic -Label y -L2 0 -Wait -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings -like '*separated*no finite minimum*-L2*' | Should -Not -BeNullOrEmpty
    }

    It 'grows trees by the extension LightGbm, which predicts, tells what matters and goes out as its own text' {
        $run = Start-RedisDistributedTraining diamonds trees -Algorithm LightGbm -Option @{ n_estimators = 20; num_leaves = 15 } -WorkerCount 1 -Wait
        $run.State | Should -Be 'Completed'
        $run.Step | Should -Be 20
        (Test-RedisModel trees -Dataset diamonds).R2 | Should -BeGreaterThan 0.93
        (Get-RedisModelParameter trees gain -Expand)[0].Feature | Should -BeIn carat, y, x, z
        $row = [pscustomobject]@{ carat = 2.0; cut = $null; color = 'E'; clarity = 'VS1'; depth = 61.0; table = 57.0; x = 8.1; y = 8.1; z = $null }
        ($row | Invoke-RedisPrediction -Model trees).Prediction | Should -BeGreaterThan 8000
        Get-Content (Export-RedisModel trees "$TestDrive/trees.txt" -Format Native) -TotalCount 1 | Should -Be 'tree'
        (Export-RedisModel trees "$TestDrive/trees.onnx").Length | Should -BeGreaterThan 1000
        $null = Start-RedisDistributedTraining diamonds carats -Algorithm Linear -Feature carat -WorkerCount 1 -Wait
        { Export-RedisModel carats "$TestDrive/carats.txt" -Format Native -ErrorAction Stop } |
            Should -Throw -ErrorId 'UnknownModelFormat,RedisML.PowerShell.Models.ExportRedisModelCommand'
        { Start-RedisDistributedTraining diamonds trees -Algorithm LightGbm -Option @{ num_leafs = 15 } -Wait -ErrorAction Stop } |
            Should -Throw -ErrorId 'OptionNotFound*'
        $line = 'Start-RedisDistributedTraining diamonds trees -Algorithm LightGbm -Option '
        (TabExpansion2 $line $line.Length).CompletionMatches.ListItemText | Should -Contain 'num_leaves'
    }
}
