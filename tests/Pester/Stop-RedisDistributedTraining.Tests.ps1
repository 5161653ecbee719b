BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    . "$PSScriptRoot/EndlessRun.ps1"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Stop-RedisDistributedTraining' {
    It 'stops a run on its nodes, after a checkpoint' {
        $endless = Start-Endless stopping
        Wait-Run $endless.Id { $_.Step -gt 2 }
        Get-RedisDistributedTraining $endless.Id | Stop-RedisDistributedTraining | Should -BeNullOrEmpty
        ($endless.Job | Wait-Job -Timeout 120).State | Should -Be 'Stopped'
        $run = Get-RedisDistributedTraining $endless.Id
        $run.State | Should -Be 'Stopped'
        $run.CheckpointStep | Should -BeGreaterThan 2
        Get-RedisModel stopping* | Should -BeNullOrEmpty
        $endless.Job | Remove-Job
    }

    It 'stops nothing with -WhatIf' {
        Stop-RedisDistributedTraining nothing -WhatIf -ErrorVariable missing
        $missing | Should -BeNullOrEmpty
    }

    It 'writes an error for each run that is not there' {
        Stop-RedisDistributedTraining nothing, nowhere -ErrorAction SilentlyContinue -ErrorVariable missing
        $missing.FullyQualifiedErrorId | Should -Be (@('TrainingRunNotFound,RedisML.PowerShell.Training.StopRedisDistributedTrainingCommand') * 2)
    }
}
