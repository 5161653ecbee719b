BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    . "$PSScriptRoot/EndlessRun.ps1"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Remove-RedisDistributedTraining' {
    It 'removes a run that has ended, and leaves its model' {
        $id = (Start-RedisDistributedTraining diamonds kept -Algorithm Linear -Wait).Id
        Remove-RedisDistributedTraining $id -WhatIf
        Get-RedisDistributedTraining $id | Remove-RedisDistributedTraining | Should -BeNullOrEmpty
        Get-RedisDistributedTraining $id -ErrorAction Ignore | Should -BeNullOrEmpty
        (Get-RedisModel kept).Version | Should -Be 1
    }

    It 'writes errors for one that is at work, and one that is not there' {
        $endless = Start-Endless busy
        Remove-RedisDistributedTraining $endless.Id, nothing -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures.FullyQualifiedErrorId | Should -Be 'RunActive,RedisML.PowerShell.Training.RemoveRedisDistributedTrainingCommand', 'TrainingRunNotFound,RedisML.PowerShell.Training.RemoveRedisDistributedTrainingCommand'
        Stop-RedisDistributedTraining $endless.Id
        $null = $endless.Job | Wait-Job -Timeout 120
        $endless.Job | Remove-Job
    }
}
