BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $null = Import-RedisTrainingData "$PSScriptRoot/../../samples/data/diamonds.csv.gz" -Dataset diamonds -Label price
    $null = Split-RedisDataset diamonds -Seed 42
    $null = Start-RedisDistributedTraining diamonds-train price -Algorithm Linear -Wait
    $null = Start-RedisDistributedTraining diamonds-train dear -Algorithm Logistic -Derive @{ isDear = 'price > 5000' } -Label isDear -ExcludeFeature price -Wait
    $null = Start-RedisDistributedTraining diamonds-train cut -Algorithm Softmax -Label cut -Wait
    $rows = Get-RedisTrainingData diamonds-test -First 2000
    $cmdlet = 'RedisML.PowerShell.Prediction.InvokeRedisPredictionCommand'
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Invoke-RedisPrediction' {
    It 'predicts a dataset as a run that others may join' {
        $alone = Invoke-RedisPrediction price -Dataset diamonds-test -OutputDataset alone
        $together = Invoke-RedisPrediction price -Dataset diamonds-test -OutputDataset together -NodeCount 1
        $together.Rows, $together.Version | Should -Be $alone.Rows, 1
        (Get-RedisTrainingData together).Prediction -join ',' | Should -Be ((Get-RedisTrainingData alone).Prediction -join ',')
        (Invoke-RedisPrediction price -Dataset diamonds-test -OutputDataset together -NodeCount 2).Unchanged | Should -BeTrue
        Get-RedisDistributedTraining | Should -Not -BeNullOrEmpty
        (Get-RedisDistributedTraining).Model | Should -Not -Contain 'together'
        { Invoke-RedisPrediction -OutputDataset together -Join } | Should -Throw -ErrorId "PredictionRunNotFound,$cmdlet"
        { Invoke-RedisPrediction -OutputDataset together -Resume } | Should -Throw -ErrorId "PredictionRunNotFound,$cmdlet"
        { Invoke-RedisPrediction price -Dataset diamonds-test -OutputDataset lonely -NodeCount 2 -JoinTimeout 1 } | Should -Throw -ErrorId "TooFewNodes,$cmdlet"
    }

    It 'predicts objects of the pipeline in order, as it does the rows of a dataset' {
        $predicted = @($rows | Invoke-RedisPrediction price)
        $predicted.Count | Should -Be 2000
        $expected = Invoke-RedisPrediction price -Dataset diamonds-test | Select-Object -First 2000
        ($predicted.Prediction -join ',') | Should -Be ($expected.Prediction -join ',')
        $predicted[0].psobject.Properties.Name | Should -Be 'Prediction'
    }

    It 'takes text, as Import-Csv gives it, and hashtables' {
        $rows | Select-Object -First 50 | Export-Csv TestDrive:/new.csv
        $ofText = Import-Csv TestDrive:/new.csv | Invoke-RedisPrediction price
        $ofTables = $rows | Select-Object -First 50 | ForEach-Object {
            $row = @{}
            $_.psobject.Properties | ForEach-Object { $row[$_.Name] = $_.Value }
            $row
        } | Invoke-RedisPrediction price
        $expected = ($rows | Select-Object -First 50 | Invoke-RedisPrediction price).Prediction
        $ofText.Prediction | Should -Be $expected
        $ofTables.Prediction | Should -Be $expected
    }

    It 'answers each object before the next comes' {
        $order = [System.Collections.Generic.List[string]]::new()
        $rows | Select-Object -First 3 | ForEach-Object { $order.Add('in'); $_ } | Invoke-RedisPrediction price | ForEach-Object { $order.Add('out') }
        $order -join ' ' | Should -Be 'in out in out in out'
        @($rows | Invoke-RedisPrediction price | Select-Object -First 1).Count | Should -Be 1
    }

    It 'keeps columns before the prediction' {
        $one = $rows[0] | Invoke-RedisPrediction price -KeepColumn carat, c*
        $one.psobject.Properties.Name | Should -Be 'carat', 'cut', 'color', 'clarity', 'Prediction'
        $one.cut | Should -Be $rows[0].cut
        $one.psobject.BaseObject | Should -BeOfType System.Management.Automation.PSCustomObject
        {
            $rows[0] | Select-Object *, @{ n = 'prediction'; e = { 1 } } | Invoke-RedisPrediction price -KeepColumn * } |
            Should -Throw -ErrorId "ColumnExists,$cmdlet"
    }

    It 'says the class, its probability, and those of all classes' {
        $one = $rows[0] | Invoke-RedisPrediction cut -ClassProbability
        $one.psobject.Properties.Name | Should -Be 'Prediction', 'Probability', 'Probability_Fair', 'Probability_Good', 'Probability_Ideal',
            'Probability_Premium', 'Probability_Very Good'
        $one.Probability | Should -Be $one."Probability_$($one.Prediction)"
        $sum = ($one.psobject.Properties.Where{ $_.Name -like 'Probability_*' }.Value | Measure-Object -Sum).Sum
        $sum | Should -BeGreaterThan 0.9999999
        $sum | Should -BeLessThan 1.0000001
    }

    It 'predicts the positive class from the threshold on' {
        $all = $rows | Invoke-RedisPrediction dear -ClassProbability
        $all[0].Prediction | Should -BeOfType bool
        $strict = $rows | Invoke-RedisPrediction dear -Threshold 0.9 -ClassProbability
        $strict.Where{ $_.Prediction }.Count | Should -Be $all.Where{ $_.Probability_true -ge 0.9 }.Count
        $strict.Where{ $_.Prediction }.Count | Should -BeLessThan $all.Where{ $_.Prediction }.Count
        { $rows[0] | Invoke-RedisPrediction price -Threshold 0.9 } | Should -Throw -ErrorId "ThresholdNotBinary,$cmdlet"
    }

    It 'says what an object lacks, or has of another type, and goes on' {
        $lacking = $rows[0] | Select-Object * -ExcludeProperty carat, cut
        $wrong = $rows[0] | Select-Object *
        $wrong.depth = 'deep'
        $predicted = @($rows[0], $lacking, $wrong, $rows[1] | Invoke-RedisPrediction price -ErrorVariable problems -ErrorAction SilentlyContinue)
        $predicted.Count | Should -Be 2
        $problems.FullyQualifiedErrorId | Should -Be "SignatureMismatch,$cmdlet", "SignatureMismatch,$cmdlet"
        "$($problems[0])" | Should -BeLike "Object 2 *'carat' is missing; 'cut' is missing*"
        "$($problems[1])" | Should -BeLike "Object 3 *'deep' in 'depth' is no Float64*"
        $problems[0].TargetObject.price | Should -Be $rows[0].price
    }

    It 'warns of a category that training did not see, once' {
        $odd = $rows[0] | Select-Object *
        $odd.cut = 'Superb'
        $predicted = @($odd, $odd, $rows[0] | Invoke-RedisPrediction price -WarningVariable warnings -WarningAction SilentlyContinue)
        $predicted.Count | Should -Be 3
        @($warnings).Count | Should -Be 1
        "$warnings" | Should -BeLike "UnseenCategory: 'Superb' in 'cut'*"
    }

    It 'predicts a missing value as its training said' {
        $null = Start-RedisDistributedTraining diamonds-train lenient -Algorithm Linear -Label price -Missing Mean -Wait
        $null = Start-RedisDistributedTraining diamonds-train strict -Algorithm Linear -Label price -Missing Drop -Wait
        $gap = $rows[0] | Select-Object *
        $gap.depth = ''
        ($gap | Invoke-RedisPrediction lenient).Prediction | Should -BeOfType double
        ($gap | Invoke-RedisPrediction strict).Prediction | Should -BeNullOrEmpty
    }

    It 'predicts a dataset into another, with columns kept' {
        $result = Invoke-RedisPrediction cut -Dataset diamonds-test -OutputDataset guessed -KeepColumn cut, price
        $test = Get-RedisDataset diamonds-test
        $result.Rows | Should -Be $test.Rows
        $result.Unchanged | Should -BeFalse
        $guessed = Get-RedisDataset guessed
        $guessed.Columns.Name | Should -Be 'cut', 'price', 'Prediction', 'Probability'
        $guessed.Columns[1].Statistics | ConvertTo-Json | Should -Be (($test.Columns | Where-Object Name -eq price).Statistics | ConvertTo-Json)
        $expected = Invoke-RedisPrediction cut -Dataset diamonds-test
        $written = Get-RedisTrainingData guessed
        ($written.Prediction -join ',') | Should -Be ($expected.Prediction -join ',')
        ($written.Probability -join ',') | Should -Be ($expected.Probability -join ',')
        ($written.price -join ',') | Should -Be ((Get-RedisTrainingData diamonds-test).price -join ',')
        ($written.Where{ $_.cut -eq $_.Prediction }.Count / $result.Rows) | Should -Be (Test-RedisModel cut -Dataset diamonds-test).Accuracy
    }

    It 'changes nothing when run again, and replaces what is something else only with -Force' {
        $first = Invoke-RedisPrediction price -Dataset diamonds-test -OutputDataset priced -WorkerCount 1
        $again = Invoke-RedisPrediction price -Dataset diamonds-test -OutputDataset priced
        $again.Unchanged | Should -BeTrue
        $again.Version | Should -Be $first.Version
        { Invoke-RedisPrediction price -Dataset diamonds-train -OutputDataset priced } | Should -Throw -ErrorId "DatasetExists,$cmdlet"
        (Invoke-RedisPrediction price -Dataset diamonds-train -OutputDataset priced -Force).Version | Should -Be ($first.Version + 1)
        { Invoke-RedisPrediction price -Dataset priced -OutputDataset priced } | Should -Throw -ErrorId "OutputIsInput,$cmdlet"
        Invoke-RedisPrediction price -Dataset diamonds-test -OutputDataset never -WhatIf
        Get-RedisDataset nev* | Should -BeNullOrEmpty
    }

    It 'refuses a dataset without the columns of the model, and leaves nothing' {
        Set-Content TestDrive:/a.csv "carat,price`n1,2"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset other
        { Invoke-RedisPrediction price -Dataset other -OutputDataset none } | Should -Throw -ErrorId "SignatureMismatch,$cmdlet"
        { Invoke-RedisPrediction price -Dataset other } | Should -Throw -ErrorId "SignatureMismatch,$cmdlet"
        Get-RedisDataset non* | Should -BeNullOrEmpty
    }

    It 'predicts by key, from hashes' {
        $null = $rows | Select-Object -First 20 | Import-RedisTrainingData -Dataset byKey -Layout Hash
        $prefix = (Get-RedisMLConnection).Prefix
        $keys = 1..20 | ForEach-Object { "${prefix}:dataset:byKey:row:$_" }
        $predicted = Invoke-RedisPrediction price -Key $keys
        $predicted.Key | Should -Be $keys
        $predicted.Prediction | Should -Be ($rows | Select-Object -First 20 | Invoke-RedisPrediction price).Prediction
        $null = Invoke-RedisPrediction price -Key nobody:1 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be "KeyNotFound,$cmdlet"
        $null = Invoke-RedisPrediction price -Key "${prefix}:model:price" -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be "SignatureMismatch,$cmdlet"
    }

    It 'refuses a model that is not there, or was not trained' {
        { $rows[0] | Invoke-RedisPrediction prise } | Should -Throw -ErrorId "ModelNotFound,$cmdlet"
        { $rows[0] | Invoke-RedisPrediction price -Version 99 } | Should -Throw -ErrorId "ModelVersionNotFound,$cmdlet"
        Set-RedisModelParameter byhand w 1
        { $rows[0] | Invoke-RedisPrediction byhand } | Should -Throw -ErrorId "ModelNotTrained,$cmdlet"
    }
}
