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
        $result.PSObject.Properties.Name | Should -Not -Contain 'Accuracy'
        $result.Model, $result.Dataset | Should -Be 'price', 'diamonds-test'
    }

    It 'passes over, of a wildcard, what predicts nothing of rows, and says so' {
        Set-RedisModelParameter byhand -Parameter @{ w = 1 }
        'a b c' | Add-RedisLanguageModelText speech > $null
        $said, $results = (Test-RedisModel * -Dataset diamonds-test -Verbose 4>&1).Where({ $_ -is [System.Management.Automation.VerboseRecord] }, 'Split')
        $results.Model | Should -Be 'price'
        "$said" | Should -Match "Passed over: Model 'byhand'"
        "$said" | Should -Match "Passed over: Model 'speech'"
        { Test-RedisModel speech -Dataset diamonds-test -ErrorAction Stop } | Should -Throw -ErrorId 'ModelNotPredictable,*'
        Remove-RedisModel byhand, speech
    }

    It 'measures a classification, with a confusion matrix that adds up' {
        $null = Start-RedisDistributedTraining diamonds-train cut -Algorithm Softmax -Label cut -Wait
        $result = Test-RedisModel cut -Dataset diamonds-test
        $result.Accuracy | Should -BeGreaterThan 0.6
        $result.LogLoss | Should -BeGreaterThan 0
        $result.Classes.Class | Should -Be 'Fair', 'Good', 'Ideal', 'Premium', 'Very Good'
        ($result.Classes | Measure-Object Support -Sum).Sum | Should -Be $result.Rows
        $result.BalancedAccuracy | Should -BeLessThan $result.Accuracy
        $result.BaselineClass | Should -Be 'Ideal'
        $result.Baseline | Should -BeGreaterThan 0.39
        $result.PSObject.Properties.Name | Should -Not -Contain 'R2'
    }

    It 'has a confusion matrix that reads in a table, in JSON and in CSV' {
        $matrix = (Test-RedisModel cut -Dataset diamonds-test).ConfusionMatrix
        $matrix.Actual | Should -Be 'Fair', 'Good', 'Ideal', 'Premium', 'Very Good'
        $hits = 0
        foreach ($row in $matrix) { $hits += $row.($row.Actual) }
        $hits / (Get-RedisDataset diamonds-test).Rows | Should -BeGreaterThan 0.6
        $lines = ($matrix | Format-Table | Out-String -Width 80).Trim() -split '\r?\n'
        $lines[0] | Should -Match '^Actual +Fair +Good +Ideal +Premium +Very Good$'
        $lines.Count | Should -Be 7
        $json = $matrix | ConvertTo-Json | ConvertFrom-Json
        $json[2].Ideal | Should -Be $matrix[2].Ideal
        $csv = $matrix | ConvertTo-Csv | ConvertFrom-Csv
        $csv[4].'Very Good' | Should -Be $matrix[4].'Very Good'
        (Test-RedisModel cut -Dataset diamonds-test | ConvertTo-Json -Depth 4 | ConvertFrom-Json).ConfusionMatrix[0].Fair | Should -Be $matrix[0].Fair
    }

    It 'tells classes apart whose names PowerShell takes for one' {
        Set-Content TestDrive:/names.csv (@('x,y') + (1..40 | ForEach-Object { "$_,$(('a', 'A', 'Actual', 'b')[[int][math]::Floor(($_ - 1) / 10)])" }))
        $null = Import-RedisTrainingData TestDrive:/names.csv -Dataset names
        $null = Start-RedisDistributedTraining names names -Algorithm Softmax -Label y -Wait
        $matrix = (Test-RedisModel names names).ConfusionMatrix
        $matrix[0].PSObject.Properties.Name | Should -Be 'Actual', 'A', 'Actual_2', 'a_2', 'b'
        ($matrix | ForEach-Object { $_.A + $_.Actual_2 + $_.a_2 + $_.b } | Measure-Object -Sum).Sum | Should -Be 40
    }

    It 'counts a row of a class that training did not see as wrong, and says so' {
        Set-Content TestDrive:/tr.csv (@('x,y') + (1..20 | ForEach-Object { "-$_,n"; "$_,p" }))
        Set-Content TestDrive:/te.csv 'x,y', '-2,n', '2,p', '3,q', '4,q', ',n', '1,'
        foreach ($name in 'tr', 'te') { $null = Import-RedisTrainingData "TestDrive:/$name.csv" -Dataset $name }
        $null = Start-RedisDistributedTraining tr unseen -Algorithm Logistic -Label y -Wait
        $result = Test-RedisModel unseen te -WarningVariable warnings -WarningAction SilentlyContinue
        $result.Accuracy, $result.Rows, $result.RowsOfUnknownClass | Should -Be 0.5, 4, 2
        $result.ConfusionMatrix.Actual | Should -Be 'n', 'p', 'q'
        $warnings.Count | Should -Be 2
        $warnings[0] | Should -BeLike "Of 6 rows of 'te'*1 because 'y' is missing*"
        $warnings[1] | Should -BeLike '2 of 4 rows*never saw*wrong*'
    }

    It 'takes a threshold, of two classes' {
        $few, $many = 0.9, 0.1 | ForEach-Object { Test-RedisModel unseen tr -Threshold $_ }
        $few.Recall | Should -BeLessThan $many.Recall
        $few.Threshold, $few.PositiveClass | Should -Be 0.9, 'p'
        { Test-RedisModel price diamonds-test -Threshold 0.5 } | Should -Throw -ErrorId 'ThresholdInvalid,*'
    }

    It 'counts rows by their weight' {
        Set-Content TestDrive:/w.csv 'x,y,w', '-2,n,3', '-1,p,0', '2,p,1', '1,n,1'
        $null = Import-RedisTrainingData TestDrive:/w.csv -Dataset weighted
        $result = Test-RedisModel unseen weighted -SampleWeight w
        $result.Accuracy, $result.Rows, $result.Weight | Should -Be 0.8, 3, 5
        $result.ConfusionMatrix[0].n | Should -Be 3
        { Test-RedisModel unseen weighted -SampleWeight nope } | Should -Throw '*nope*'
    }

    It 'tells errors in the unit of what the label was derived from' {
        $null = Start-RedisDistributedTraining diamonds-train logprice -Algorithm Linear -Derive @{ logprice = 'log(price)' } -Label logprice -Wait
        $result = Test-RedisModel logprice diamonds-test
        $result.Rmse | Should -BeLessThan 1
        $result.SourceColumn | Should -Be 'price'
        $result.SourceRmse | Should -BeGreaterThan 500
        $result.SourceRmse | Should -BeGreaterThan $result.SourceMae
        ($result | Out-String -Width 80) | Should -Match 'price: Rmse'
    }

    It 'shows the columns of the task alone' {
        Test-RedisModel price diamonds-test | Out-String -Width 80 | Should -Match 'R2 or D2 +Rmse +Mae'
        $table = Test-RedisModel cut diamonds-test | Out-String -Width 80
        $table | Should -Match 'Accuracy +Baseline +F1'
        $table | Should -Not -Match 'Rmse'
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
