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

Describe 'Resume-RedisDistributedTraining' {
    It 'goes on from the checkpoint to the same parameters' {
        $arguments = @{ Dataset = 'diamonds'; Algorithm = 'Softmax'; Label = 'clarity'; Tolerance = 0; MaxIteration = 1000; WorkerCount = 1; WarningAction = 'Ignore' }
        $whole = Start-RedisDistributedTraining @arguments -Model whole -Wait
        $job = Start-RedisDistributedTraining @arguments -Model broken
        $id = (Get-RedisDistributedTraining -Model broken).Id
        Wait-Run $id { $_.Step -gt 2 }
        $job | Stop-Job
        (Get-RedisDistributedTraining $id).State | Should -Be 'Stopped'
        $resumed = Get-RedisDistributedTraining $id | Resume-RedisDistributedTraining -WorkerCount 1 -Wait -WarningAction Ignore
        $resumed.State | Should -Be 'Completed'
        $resumed.Loss | Should -Be $whole.Loss
        $job | Remove-Job
    }

    It 'refuses a run that is at work, or has completed' {
        $endless = Start-Endless working
        { Resume-RedisDistributedTraining $endless.Id } | Should -Throw -ErrorId 'RunActive,*'
        Stop-RedisDistributedTraining $endless.Id
        $null = $endless.Job | Wait-Job -Timeout 30
        $endless.Job | Remove-Job
        $id = (Start-RedisDistributedTraining diamonds over -Algorithm Linear -Wait).Id
        { Resume-RedisDistributedTraining $id } | Should -Throw -ErrorId 'RunEnded,*'
    }
}
