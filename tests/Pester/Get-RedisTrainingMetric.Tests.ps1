BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    $run = Start-RedisDistributedTraining diamonds dear -Algorithm Logistic -Derive @{ dear = 'price > 5000' } -Label dear -Feature carat, depth, table -Wait -WarningAction Ignore
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Get-RedisTrainingMetric' {
    It 'returns the loss of each iteration, in order' {
        $metrics = Get-RedisTrainingMetric $run.Id loss
        $metrics.Step | Should -Be @(1..$run.Step)
        $metrics[-1].Value | Should -Be $run.Loss
        $metrics[0].Name | Should -Be 'loss'
        ($run | Get-RedisTrainingMetric).Count | Should -BeGreaterOrEqual $metrics.Count
        Get-RedisTrainingMetric $run.Id nothing* | Should -BeNullOrEmpty
    }

    It 'says why a run that was solved at once has none' {
        $solved = Start-RedisDistributedTraining diamonds solved -Algorithm Linear -Feature carat -Wait
        $solved | Get-RedisTrainingMetric -WarningVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        $said | Should -BeLike '*has no metrics*'
    }

    It 'throws for a run that is not there' {
        { Get-RedisTrainingMetric nothing } | Should -Throw -ErrorId 'TrainingRunNotFound,*'
    }
}
