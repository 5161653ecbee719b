BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    . "$PSScriptRoot/EndlessRun.ps1"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Join-RedisDistributedTraining' {
    It 'is a node of a run that waits for it' {
        $first = Start-RedisDistributedTraining diamonds joined -Algorithm Logistic -Derive @{ dear = 'price > 5000' } -Label dear -NodeCount 2 -NodeTimeout 1 -WorkerCount 1
        (Get-RedisDistributedTraining -Model joined).State | Should -Be 'Waiting'
        $run = Get-RedisDistributedTraining -Model joined | Join-RedisDistributedTraining -WorkerCount 1 -Wait -WarningAction Ignore
        $run.State | Should -Be 'Completed'
        $run.Nodes | Should -Be 2
        ($first | Receive-Job -Wait -AutoRemoveJob -WarningAction Ignore).Loss | Should -Be $run.Loss
    }

    It 'may leave again, and the others go on' {
        $endless = Start-Endless leaving
        Wait-Run $endless.Id { $_.Step -gt 2 }
        $second = Join-RedisDistributedTraining $endless.Id -WorkerCount 1
        Wait-Run $endless.Id { $_.Nodes -eq 2 }
        $second | Stop-Job
        $second.State | Should -Be 'Stopped'
        $step = (Get-RedisDistributedTraining $endless.Id).Step
        Wait-Run $endless.Id { $_.Nodes -eq 1 -and $_.Step -gt $step }
        Stop-RedisDistributedTraining $endless.Id
        $null = $endless.Job, $second | Wait-Job -Timeout 120
        $endless.Job, $second | Remove-Job
    }

    It 'refuses <what> with <id>' -ForEach @(
        @{ what = 'a run that is not there'; id = 'TrainingRunNotFound'; run = 'nothing' }
        @{ what = 'a run that has ended'; id = 'RunEnded'; run = $null }
    ) {
        if (-not $run) { $run = (Start-RedisDistributedTraining diamonds over -Algorithm Linear -Wait).Id }
        { Join-RedisDistributedTraining $run } | Should -Throw -ErrorId "$id,RedisML.PowerShell.Training.JoinRedisDistributedTrainingCommand"
    }

    It 'joins nothing with -WhatIf' {
        Join-RedisDistributedTraining nothing -WhatIf | Should -BeNullOrEmpty
    }
}
