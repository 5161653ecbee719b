BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    . "$PSScriptRoot/EndlessRun.ps1"
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
        $null = $endless.Job | Wait-Job -Timeout 120
        $endless.Job | Remove-Job
        $id = (Start-RedisDistributedTraining diamonds over -Algorithm Linear -Wait).Id
        { Resume-RedisDistributedTraining $id } | Should -Throw -ErrorId 'RunEnded,*'
    }
}
