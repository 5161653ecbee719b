BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    function Start-Endless($model, $count = 1) {
        $job = Start-RedisDistributedTraining diamonds $model -Algorithm Softmax -Label clarity -Tolerance 0 -MaxIteration 100000 -NodeCount $count -MaxNode 4 -NodeTimeout 1 -WorkerCount 1
        [pscustomobject]@{ Job = $job; Id = (Get-RedisDistributedTraining -Model $model).Id }
    }
    function Wait-Run($id, $condition) {
        foreach ($i in 1..600) { if (Get-RedisDistributedTraining $id | Where-Object $condition) { return }; Start-Sleep -Milliseconds 50 }
        throw "The run is still $(Get-RedisDistributedTraining $id | Out-String)"
    }
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
        $failures.FullyQualifiedErrorId | Should -Be 'RunActive,RedisML.PowerShell.RemoveRedisDistributedTrainingCommand', 'TrainingRunNotFound,RedisML.PowerShell.RemoveRedisDistributedTrainingCommand'
        Stop-RedisDistributedTraining $endless.Id
        $null = $endless.Job | Wait-Job -Timeout 30
        $endless.Job | Remove-Job
    }
}
