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

Describe 'Stop-RedisDistributedTraining' {
    It 'stops a run on its nodes, after a checkpoint' {
        $endless = Start-Endless stopping
        Wait-Run $endless.Id { $_.Step -gt 2 }
        Get-RedisDistributedTraining $endless.Id | Stop-RedisDistributedTraining | Should -BeNullOrEmpty
        ($endless.Job | Wait-Job -Timeout 30).State | Should -Be 'Stopped'
        $run = Get-RedisDistributedTraining $endless.Id
        $run.State | Should -Be 'Stopped'
        $run.CheckpointStep | Should -BeGreaterThan 2
        Get-RedisModel stopping* | Should -BeNullOrEmpty
        $endless.Job | Remove-Job
    }

    It 'stops nothing with -WhatIf, and throws for a run that is not there' {
        Stop-RedisDistributedTraining nothing -WhatIf
        { Stop-RedisDistributedTraining nothing } | Should -Throw -ErrorId 'TrainingRunNotFound,*'
    }
}
