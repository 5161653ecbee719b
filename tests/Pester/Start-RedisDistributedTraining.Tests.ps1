BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
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
        ($job | Wait-Job -Timeout 60).State | Should -Be 'Completed'
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
        $null = Start-RedisDistributedTraining diamonds sparse -Algorithm Linear -L1 20000 -L2 0 -Wait
        @((Get-RedisModelParameter sparse weight).Value -eq 0).Count | Should -BeGreaterThan 5
        $null = Start-RedisDistributedTraining diamonds cut -Algorithm Softmax -Label cut -ClassWeight Balanced -MaxIteration 20 -Wait -WarningAction SilentlyContinue
        (Test-RedisModel cut diamonds).Accuracy | Should -BeGreaterThan 0.4
    }

    It 'predicts counts with Poisson' {
        $null = Start-RedisDistributedTraining diamonds counts -Algorithm Poisson -Wait
        (Test-RedisModel counts diamonds).D2 | Should -BeGreaterThan 0.5
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
        @{ what = 'a broken expression'; id = 'InvalidExpression'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Linear'; Derive = @{ x2 = 'x *' }; Feature = 'x2' } }
    ) {
        { Start-RedisDistributedTraining @arguments -Model bad -Wait } | Should -Throw -ErrorId "$id,RedisML.PowerShell.StartRedisDistributedTrainingCommand"
        Get-RedisModel bad* | Should -BeNullOrEmpty
    }

    It 'fails as a job, with the error in it' {
        $job = Start-RedisDistributedTraining diamonds bad -Algorithm Logistic -Label cut
        ($job | Wait-Job -Timeout 60).State | Should -Be 'Failed'
        $job | Receive-Job -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'TooManyClasses*'
        $job | Remove-Job
    }
}
