# Inputs that people stumbled over in other tools; the right values are scikit-learn's.
BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $cases = "$PSScriptRoot/../Unit/Cases"

    function Import-Case([string] $Number, [string] $File = 'f') {
        $null = Import-RedisTrainingData (Get-Item "$cases/$Number-*/$File.csv") -Dataset "c$Number$File" -Force
        "c$Number$File"
    }

    function Get-Weight([string] $Model) { (Get-RedisModelParameter $Model weight).Value }
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Cases of learning and judging' {
    It 'ends with a value of 1e100 among zeros' {
        $dataset = Import-Case 51
        (Start-RedisDistributedTraining $dataset m -Algorithm Logistic -Label y -Wait).State | Should -Be 'Completed'
        (Test-RedisModel m $dataset).Accuracy | Should -Be 1
    }

    It 'keeps the classes 01 and 1 apart, each with its weight' {
        $dataset = Import-Case 52
        $null = Start-RedisDistributedTraining $dataset m -Algorithm Logistic -Label y -ClassWeight @{ '01' = 3; '1' = 1 } -Wait
        (Get-RedisModelParameter m intercept).Value | Should -BeGreaterThan 0.5766
        (Get-RedisModelParameter m intercept).Value | Should -BeLessThan 0.5768
        [math]::Abs((Get-Weight m)[0] + 2.0246) | Should -BeLessThan 1e-4
    }

    It 'says that separated classes have no finite minimum' {
        $dataset = Import-Case 53
        $null = Start-RedisDistributedTraining $dataset m -Algorithm Logistic -Label y -L2 0 -Wait -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings -like '*separated*no finite minimum*-L2*' | Should -Not -BeNullOrEmpty
    }

    It 'takes a row of a class that it never saw for a wrong answer' {
        $train, $test = 'tr', 'te' | ForEach-Object { Import-Case 54 $_ }
        $null = Start-RedisDistributedTraining $train m -Algorithm Logistic -Label y -Wait
        (Test-RedisModel m $test -WarningAction SilentlyContinue).Accuracy | Should -Be 0.4
    }

    It 'ranks rows whose probabilities are saturated' {
        $train, $test = 'f', 'te' | ForEach-Object { Import-Case 55 $_ }
        $null = Start-RedisDistributedTraining $train m -Algorithm Logistic -Label y -L2 0 -Wait -WarningAction SilentlyContinue
        [math]::Round((Test-RedisModel m $test).Auc, 4) | Should -Be 0.7778
    }

    It 'judges rates by their exposure' {
        $dataset = Import-Case 56
        $null = Start-RedisDistributedTraining $dataset m -Algorithm Poisson -Derive @{ rate = 'n/expo' } -Label rate -SampleWeight expo -L2 0 -Wait
        [math]::Round((Test-RedisModel m $dataset -SampleWeight expo).D2, 4) | Should -Be 0.0114
    }

    It 'has no R2 of a label that is constant' {
        $dataset = Import-Case 57
        $null = Start-RedisDistributedTraining $dataset m -Algorithm Linear -Label y -Wait
        $result = Test-RedisModel m $dataset
        $result.R2 | Should -BeNullOrEmpty
        $result.Rmse | Should -Be 0
    }

    # The case has the weight and the intercept of columns standardised without weights; in the column's own unit they are these.
    It 'gives constant columns no weight, rows weighted' {
        $dataset = Import-Case 58
        $null = Start-RedisDistributedTraining $dataset m -Algorithm Linear -Label y -SampleWeight w -L2 0 -Wait
        (Get-Weight m)[1, 2] | Should -Be 0, 0
        $x = Get-RedisModelParameter m -Name weight -Expand | Where-Object Feature -EQ 'x'
        $intercept = (Get-RedisModelParameter m -Name intercept -Expand).RawValue
        $statistics = Measure-RedisDataset $dataset | Where-Object Column -EQ 'x'
        [math]::Abs($x.RawValue * $statistics.StandardDeviation - 1.860148) | Should -BeLessThan 1e-5
        [math]::Abs($intercept + $x.RawValue * $statistics.Mean - 0.960138) | Should -BeLessThan 1e-5
    }

    It 'fits counts of columns that differ a thousandfold' {
        $dataset = Import-Case 59
        $null = Start-RedisDistributedTraining $dataset m -Algorithm Poisson -Label n -L2 0 -Wait
        [math]::Abs((Test-RedisModel m $dataset).PoissonDeviance - 0.991881314) | Should -BeLessThan 1e-8
    }

    It 'works with dates from the split to the test' {
        $dataset = Import-Case 60
        $null = Split-RedisDataset $dataset -By day -TestFraction 0.25 -Force
        $common = @{ Algorithm = 'Linear'; Label = 'units'; Missing = 'Mean'; Wait = $true; WarningAction = 'SilentlyContinue'; ErrorAction = 'Stop' }
        (Start-RedisDistributedTraining "$dataset-train" all @common).State | Should -Be 'Completed'
        (Start-RedisDistributedTraining "$dataset-train" month -Derive @{ month = 'month(day)' } @common).State | Should -Be 'Completed'
        (Get-RedisModel month).Definition.Pipeline.Features.Column | Should -Contain 'month'
        @(Get-RedisTrainingData $dataset -Filter 'day >= "2023-12-01"').Count | Should -BeGreaterThan 0
        $null = Start-RedisDistributedTraining "$dataset-train" few -Feature store, price, promo @common
        (Test-RedisModel few "$dataset-test" -WarningAction SilentlyContinue).R2 | Should -Not -BeNullOrEmpty
    }
}
