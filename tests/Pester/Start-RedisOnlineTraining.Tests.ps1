#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    function Get-Sample([int[]] $number) {
        $number | ForEach-Object { [pscustomobject]@{ x = $_ % 50; side = @('left', 'right')[$_ % 50 -gt 25]; y = 2 * ($_ % 50) + 1 } }
    }
}

AfterAll {
    Get-Job | Where-Object PSJobTypeName -eq 'RedisMLOnlineTraining' | Remove-Job -Force
    Disconnect-RedisML
}

Describe 'Start-RedisOnlineTraining' {
    It 'learns what is there, publishes it under an alias, and goes on later by the model''s name alone' {
        Get-Sample (1..500) | Add-RedisTrainingSample -List line
        $training = Start-RedisOnlineTraining side -List line -Algorithm Logistic -Label side -ExcludeFeature y -MetricInterval 100 -Alias live -Once -Wait
        $training.Samples | Should -Be 500
        $training.State | Should -Be 'Stopped'
        $training.Accuracy | Should -BeGreaterThan 0.9
        (Get-RedisModel side@live).Version | Should -Be 1
        (@{ x = 45 }, @{ x = 3 } | Invoke-RedisPrediction side@live).Prediction | Should -Be 'right', 'left'
        Get-Sample (501..600) | Add-RedisTrainingSample -List line
        (Start-RedisOnlineTraining side -Alias live -Once -Wait).Samples | Should -Be 600
        (Get-RedisModel side@live).Version | Should -Be 2
    }

    It 'shows its metrics as those of any training' {
        (Get-RedisTrainingMetric side accuracy).Step | Should -Be 100, 200, 300, 400, 500, 600
        (Get-RedisOnlineTraining side | Get-RedisTrainingMetric -Name loss).Count | Should -Be 6
        (Get-RedisOnlineTraining side | Show-RedisTrainingMetric | Out-String) | Should -BeLike 'loss of side, run*'
    }

    It 'is a job that learns what comes, and is stopped from anywhere' {
        Get-Sample (1..100) | Add-RedisTrainingSample -List feed
        $job = Start-RedisOnlineTraining price -List feed -Algorithm Linear -Label y
        $job.State | Should -Be 'Running'
        { Start-RedisOnlineTraining price -Lease 0.5 } | Should -Throw -ErrorId 'OnlineTrainingActive,*'
        Get-Sample (101..200) | Add-RedisTrainingSample -List feed
        $until = [datetime]::Now.AddSeconds(120)
        while ((Get-RedisOnlineTraining price).Samples -lt 200 -and [datetime]::Now -lt $until) { Start-Sleep -Milliseconds 50 }
        $job.StatusMessage | Should -BeLike 'price*200 learned*'
        (Get-RedisOnlineTraining price | Out-String) | Should -Match 'price\s+Running\s+feed\s+200'
        $list = Get-RedisOnlineTraining price | Format-List | Out-String
        $list | Should -Match 'Source\s+: list feed'
        $list | Should -Match 'Trainer\s+: process \d+ on '
        $list | Should -Not -Match 'Specification|Figures|\{'
        (TabExpansion2 'Stop-RedisOnlineTraining pri').CompletionMatches.CompletionText | Should -Be 'price'
        Stop-RedisOnlineTraining price -WhatIf
        $job.State | Should -Be 'Running'
        Stop-RedisOnlineTraining price
        $null = $job | Wait-Job -Timeout 120
        $job.State | Should -Be 'Stopped'
        (Receive-Job $job).Samples | Should -Be 200
        (Get-RedisOnlineTraining price).State | Should -Be 'Stopped'
    }

    It 'starts from a model that was trained in batch, and its versions are tested like any' {
        Get-Sample (1..200) | Import-RedisTrainingData -Dataset rows -Label y | Out-Null
        $null = Start-RedisDistributedTraining rows batch -Algorithm Linear -WorkerCount 1 -Wait
        Get-Sample (1..300) | Add-RedisTrainingSample -List more
        (Start-RedisOnlineTraining batch -List more -InitialModel batch@1 -Once -Wait).Samples | Should -Be 300
        (Test-RedisModel batch -Dataset rows).R2 | Should -BeGreaterThan 0.99
        (Get-RedisModel batch).Version | Should -Be 2
    }

    It 'learns hashed categories, which ONNX can''t have' {
        Get-Sample (1..400) | Select-Object @{ n = 'place'; e = { "place $($_.x)" } }, side | Add-RedisTrainingSample -List places
        (Start-RedisOnlineTraining place -List places -Algorithm Logistic -Label side -HashBit 10 -Once -Wait).Accuracy | Should -BeGreaterThan 0.8
        (@{ place = 'place 45' } | Invoke-RedisPrediction place).Prediction | Should -Be 'right'
        { Export-RedisModel place "$TestDrive/place.onnx" } | Should -Throw -ErrorId 'OnnxUnsupported,*'
    }

    It 'refuses what it can''t learn, and changes nothing' {
        { Start-RedisOnlineTraining none } | Should -Throw -ErrorId 'OptionMissing,*'
        { Start-RedisOnlineTraining none -List nothing -Algorithm Linear -Label y } | Should -Throw -ErrorId 'NoSample,*'
        { Start-RedisOnlineTraining price -List feed -Algorithm Poisson } | Should -Throw -ErrorId 'OnlineTrainingDiffers,*'
        Start-RedisOnlineTraining none -List feed -WhatIf | Should -BeNullOrEmpty
        Get-RedisOnlineTraining none* | Should -BeNullOrEmpty
    }
}
