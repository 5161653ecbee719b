BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    $null = Split-RedisDataset diamonds -Seed 42
    $null = Start-RedisDistributedTraining diamonds-train price -Algorithm Linear -Wait
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Test-RedisModel' {
    It 'measures a regression' {
        $result = Test-RedisModel price -Dataset diamonds-test
        $result.R2 | Should -BeGreaterThan 0.91
        $result.Rmse | Should -BeGreaterThan $result.Mae
        $result.Rows | Should -Be (Get-RedisDataset diamonds-test).Rows
        $result.Accuracy | Should -BeNullOrEmpty
        $result.Model, $result.Dataset | Should -Be 'price', 'diamonds-test'
    }

    It 'measures a classification, with a confusion matrix that adds up' {
        $null = Start-RedisDistributedTraining diamonds-train cut -Algorithm Softmax -Label cut -Wait
        $result = Test-RedisModel cut -Dataset diamonds-test
        $result.Accuracy | Should -BeGreaterThan 0.6
        $result.LogLoss | Should -BeGreaterThan 0
        $result.ConfusionMatrix.Classes | Should -Be 'Fair', 'Good', 'Ideal', 'Premium', 'Very Good'
        ($result.ConfusionMatrix.Counts | Measure-Object -Sum).Sum | Should -Be $result.Rows
    }

    It 'takes a model from the pipeline' {
        (Get-RedisModel price | Test-RedisModel -Dataset diamonds-test).R2 | Should -BeGreaterThan 0.91
    }

    It 'takes the version of a model from the pipeline, and from its name' {
        Set-RedisModelParameter price intercept 0
        (Test-RedisModel price -Dataset diamonds-test).ModelVersion | Should -Be 2
        (Test-RedisModel price@1 -Dataset diamonds-test).ModelVersion | Should -Be 1
        (Get-RedisModel price -Version 1 | Test-RedisModel -Dataset diamonds-test).ModelVersion | Should -Be 1
    }

    It 'refuses rows that lack a column of the model' {
        Set-Content TestDrive:/a.csv "carat,price`n1,2"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset other
        { Test-RedisModel price -Dataset other } | Should -Throw -ErrorId 'SignatureMismatch,RedisML.PowerShell.Models.TestRedisModelCommand'
    }

    It 'refuses what is not there, and a model that was not trained' {
        { Test-RedisModel prise -Dataset diamonds-test -ErrorAction Stop } | Should -Throw -ErrorId 'ModelNotFound,*'
        { Test-RedisModel price -Dataset diamonds-tset } | Should -Throw -ErrorId 'DatasetNotFound,*'
        Set-RedisModelParameter byhand w 1
        { Test-RedisModel byhand -Dataset diamonds-test } | Should -Throw -ErrorId 'ModelNotTrained,*'
    }

    It 'notes the figures beside the version' {
        $result = Test-RedisModel price@1 -Dataset diamonds-test
        $noted = (Get-RedisModel price@1).Evaluations
        $noted.Dataset | Should -Be 'diamonds-test'
        $noted.Figures['R2'] | Should -Be $result.R2
    }

    It 'lets a model pass that reaches what it has to' {
        (Test-RedisModel price@1 -Dataset diamonds-test -Minimum @{ r2 = 0.9 } -Maximum @{ Rmse = 2000 }).R2 | Should -BeGreaterThan 0.9
        $gate = Test-RedisModel price@1 -Dataset diamonds-test -Minimum @{ R2 = 0.9 } -NotWorseThan price@1 -PassThru
        $gate.Passed, $gate.Problems.Count, $gate.Evaluation.Model | Should -Be $true, 0, 'price'
    }

    It 'refuses a model that does not, with the figures and the reason' {
        $failed = $null
        try { Test-RedisModel price@1 -Dataset diamonds-test -Minimum @{ R2 = 0.99 } -Maximum @{ Rmse = 10 } } catch { $failed = $_ }
        $failed.FullyQualifiedErrorId | Should -BeLike 'ModelRejected*'
        "$failed" | Should -Match "R2 is 0\.9\d+ and must be at least 0\.99"
        "$failed" | Should -Match "Rmse is [\d.]+ and may be at most 10"
        $gate = Test-RedisModel price@1 -Dataset diamonds-test -Minimum @{ R2 = 0.99 } -PassThru
        $gate.Passed | Should -BeFalse
        $gate.Problems | Should -BeLike 'R2 is *'
        $worse = Test-RedisModel price@2 -Dataset diamonds-test -NotWorseThan price@1 -PassThru
        $worse.Problems | Should -BeLike 'Rmse is * of price@1'
        (Test-RedisModel price@1 -Dataset diamonds-test -NotWorseThan price@2 -Figure mae -PassThru).Passed | Should -BeTrue
    }

    It 'refuses figures that are not there' {
        { Test-RedisModel price@1 -Dataset diamonds-test -Minimum @{ R3 = 1 } } | Should -Throw -ErrorId 'FigureNotFound,*'
        { Test-RedisModel price@1 -Dataset diamonds-test -Minimum @{ R2 = 'much' } } | Should -Throw -ErrorId 'InvalidLimit,*'
    }
}
