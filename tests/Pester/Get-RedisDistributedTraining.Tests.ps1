BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    $run = Start-RedisDistributedTraining diamonds dear -Algorithm Logistic -Derive @{ dear = 'price > 5000' } -Label dear -Feature carat, depth, table -Wait -WarningAction Ignore
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Get-RedisDistributedTraining' {
    It 'shows a run by id, by model and from the pipeline' {
        $shown = Get-RedisDistributedTraining $run.Id
        $shown.State | Should -Be 'Completed'
        $shown.Model, $shown.Dataset, $shown.Algorithm | Should -Be 'dear', 'diamonds', 'Logistic'
        $shown.Step | Should -Be $run.Step
        $shown.Loss | Should -Be $run.Loss
        $shown.Nodes | Should -Be 1
        $shown.Workers | Should -BeGreaterOrEqual 1
        $shown.ElapsedSeconds | Should -BeGreaterThan 0
        $shown.ModelVersion | Should -Be 1
        (Get-RedisDistributedTraining -Model d*).Id | Should -Contain $run.Id
        ($run | Get-RedisDistributedTraining).Id | Should -Be $run.Id
        Get-RedisDistributedTraining -Model nothing* | Should -BeNullOrEmpty
        (Get-RedisDistributedTraining $run.Id -Model d*).Id | Should -Be $run.Id
        Get-RedisDistributedTraining $run.Id -Model nothing* | Should -BeNullOrEmpty
    }

    It 'writes an error for one that is not there' {
        Get-RedisDistributedTraining nothing -ErrorAction SilentlyContinue -ErrorVariable missing | Should -BeNullOrEmpty
        $missing[0].FullyQualifiedErrorId | Should -Be 'TrainingRunNotFound,RedisML.PowerShell.Training.GetRedisDistributedTrainingCommand'
    }

    It 'says why a run failed' {
        { Start-RedisDistributedTraining diamonds bad -Algorithm Logistic -Label cut -Wait } | Should -Throw
        $failed = Get-RedisDistributedTraining -Model bad
        $failed.State | Should -Be 'Failed'
        $failed.Reason | Should -BeLike '*use Softmax*'
    }

    It 'completes ids' {
        (TabExpansion2 "Get-RedisDistributedTraining $($run.Id.Substring(0, 6))").CompletionMatches.CompletionText | Should -Contain $run.Id
    }
}
