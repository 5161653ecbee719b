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

    It 'trains nothing with -WhatIf' {
        Start-RedisDistributedTraining diamonds nothing -Algorithm Linear -Wait -WhatIf | Should -BeNullOrEmpty
        Get-RedisModel nothing* | Should -BeNullOrEmpty
    }

    It 'fails with <id> for <what>' -ForEach @(
        @{ what = 'an unknown dataset'; id = 'DatasetNotFound'; arguments = @{ Dataset = 'diamond'; Algorithm = 'Linear' } }
        @{ what = 'an unknown label'; id = 'ColumnNotFound'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Linear'; Label = 'prize' } }
        @{ what = 'a label of text in a linear model'; id = 'LabelNotNumeric'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Linear'; Label = 'cut' } }
        @{ what = 'too many classes'; id = 'TooManyClasses'; arguments = @{ Dataset = 'diamonds'; Algorithm = 'Logistic'; Label = 'cut' } }
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
