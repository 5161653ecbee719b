BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    $run = Start-RedisDistributedTraining diamonds dear -Algorithm Logistic -Derive @{ dear = 'price > 5000' } -Label dear -Feature carat, depth, table -Wait -WarningAction Ignore
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Show-RedisTrainingMetric' {
    It 'draws the curve in the terminal' {
        $lines = Show-RedisTrainingMetric $run.Id -Height 8
        $lines.Count | Should -Be 11
        $lines[0] | Should -BeLike 'loss of dear*'
        $lines -join '' | Should -Match '[\u2801-\u28ff]'
    }

    It 'draws several runs, and the validation loss beside the loss' {
        Split-RedisDataset diamonds -TestFraction 0.2 -Seed 1
        $arguments = @{ Algorithm = 'Logistic'; Derive = @{ dear = 'price > 5000' }; Label = 'dear'; Feature = 'carat'; Optimizer = 'Adam'; Epoch = 3 }
        $runs = foreach ($rate in 0.01, 0.1) {
            Start-RedisDistributedTraining diamonds-train "dear$rate" @arguments -LearningRate $rate -Validation diamonds-test -Wait -WarningAction Ignore
        }
        (Get-RedisTrainingMetric $runs[0].Id | Where-Object Name -EQ validationLoss).Step | Should -Be 1, 2, 3
        $curve = Show-RedisTrainingMetric $runs[0].Id
        $curve[0] | Should -BeLike 'loss, validationLoss of dear0.01*'
        @($curve -match ' validationLoss$').Count | Should -Be 1
        $file = $runs | Show-RedisTrainingMetric -Name validationLoss -Path TestDrive:/runs.html
        $page = Get-Content $file -Raw
        foreach ($run in $runs) { $page | Should -BeLike "*<th scope=`"col`">$($run.Id)</th>*" }

        (Show-RedisTrainingMetric 'dear0.*' -Name loss -Path TestDrive:/both.svg | Get-Content -Raw) | Should -BeLike "*$($runs[0].Id)*$($runs[1].Id)*"
        { Show-RedisTrainingMetric 'cheap*' } | Should -Throw -ErrorId 'TrainingRunNotFound,*'
        # Redirected, a run is watched as lines, a step each; one that has ended ends it.
        $lines = Show-RedisTrainingMetric $runs[0].Id -Watch
        $lines.Count | Should -Be 3
        $lines | Should -Match 'dear0.01 \w+  step [123]  loss [\d.]+  validationLoss [\d.]+$'
    }

    It 'watches a run until its end' {
        $job = Start-RedisDistributedTraining diamonds watched -Algorithm Logistic -Derive @{ dear = 'price > 5000' } -Label dear -Feature carat -Optimizer Adam -Epoch 4
        $steps = Show-RedisTrainingMetric $job.Run.Id -Watch | Select-String 'watched \w+  step (\d+)' | ForEach-Object { [int] $_.Matches[0].Groups[1].Value }
        $steps | Should -Be 1, 2, 3, 4
        (Get-RedisDistributedTraining $job.Run.Id).State | Should -Be 'Completed'
    }

    It 'watches several online trainings and a run at once, while they learn and until all have ended' {
        $names = 'first', 'second'
        $jobs = foreach ($name in $names) {
            1..200 | ForEach-Object { @{ x = $_ % 20; side = $_ % 20 -gt 9 ? 'up' : 'down' } } | Add-RedisTrainingSample -List $name
            Start-RedisOnlineTraining $name -List $name -Algorithm Logistic -Label side -MetricInterval 50
        }
        $job = Start-RedisDistributedTraining diamonds third -Algorithm Logistic -Derive @{ dear = 'price > 5000' } -Label dear -Feature carat -Optimizer Adam -Epoch 3
        $lines = Show-RedisTrainingMetric first, second, $job.Run.Id -Watch | ForEach-Object {
            $_
            # What comes while it is watched is seen; then there is an end.
            if ($_ -match '^(\w+) \w+  step 200 ') { 1..50 | ForEach-Object { @{ x = 3; side = 'down' } } | Add-RedisTrainingSample -List $Matches[1] }
            if ($_ -match '^(\w+) \w+  step 250 ') { Stop-RedisOnlineTraining $Matches[1] }
        }
        foreach ($name in $names) {
            ($lines -match "^$name " | Select-String 'step (\d+)  loss [\d.E-]+' | ForEach-Object { [int] $_.Matches[0].Groups[1].Value }) | Should -Be 50, 100, 150, 200, 250
        }
        @($lines -match '^third ').Count | Should -Be 3
        $jobs, $job | ForEach-Object { $_ } | Wait-Job | Remove-Job
    }

    It 'draws into a file of the kind that its name tells: <file>' -ForEach @(
        @{ file = 'loss.svg'; start = '<svg' }
        @{ file = 'loss.html'; start = '<!DOCTYPE html>' }
        @{ file = 'loss.png'; start = [char]0x89 + 'PNG' }
    ) {
        $written = $run | Show-RedisTrainingMetric -Path "TestDrive:/$file"
        $written | Should -BeOfType System.IO.FileInfo
        [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($written.FullName)) | Should -BeLike "$start*"
        { $run | Show-RedisTrainingMetric -Path "TestDrive:/$file" } | Should -Throw -ErrorId 'FileExists,*'
        ($run | Show-RedisTrainingMetric -Path "TestDrive:/$file" -Force).Length | Should -BeGreaterThan 500
    }

    It 'says why there is nothing to draw of a linear model, which is solved at once' {
        $solved = Start-RedisDistributedTraining diamonds solved -Algorithm Linear -Feature carat -Wait
        { Show-RedisTrainingMetric $solved.Id } | Should -Throw '*solved at once*' -ErrorId 'NoMetric,*'
    }

    It 'fails with <id> for <what>' -ForEach @(
        @{ what = 'another kind of file'; id = 'UnknownChartFormat'; arguments = @{ Path = 'TestDrive:/loss.doc' } }
        @{ what = 'a metric that is not there'; id = 'MetricNotFound'; arguments = @{ Name = 'los' } }
    ) {
        { Show-RedisTrainingMetric $run.Id @arguments } | Should -Throw -ErrorId "$id,RedisML.PowerShell.Training.ShowRedisTrainingMetricCommand"
    }
}
