BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $random = [random]::new(3)
    $rows = 1..600 | ForEach-Object {
        $size, $noise, $city = $random.NextDouble(), $random.NextDouble(), ('a', 'b', 'c')[$random.Next(3)]
        [pscustomobject]@{ size = $size; noise = $noise; city = $city; price = 10 * $size + ($city -eq 'a'); dear = $size -gt 0.5 }
    }
    $null = $rows | Import-RedisTrainingData -Dataset homes
    $null = Start-RedisDistributedTraining homes price -Algorithm Linear -Label price -Feature size, noise, city -Wait
    $null = Start-RedisDistributedTraining homes dear -Algorithm Logistic -Label dear -Feature size, noise, city -Wait
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Measure-RedisFeatureImportance' {
    It 'tells which columns a model needs, the most important first' {
        $result = Measure-RedisFeatureImportance price homes
        $result.Feature | Should -Be 'size', 'city', 'noise'
        $result[0].Importance | Should -BeGreaterThan 1.5
        [math]::Abs($result[2].Importance) | Should -BeLessThan 0.001
        $result.Metric | Should -Be 'R2', 'R2', 'R2'
        $result[0].Model, $result[0].Dataset, $result[0].Rows | Should -Be 'price', 'homes', 600
        $result | Out-String -Width 80 | Should -Match 'Feature +Metric +Importance +Deviation'
    }

    It 'takes models from the pipeline, and a metric of their task' {
        $result = Get-RedisModel dear | Measure-RedisFeatureImportance -Dataset homes -Metric Auc -Repeat 2 -Sample 300 -Seed 5
        $result[0].Feature | Should -Be 'size'
        $result[0].Score | Should -BeGreaterThan 0.95
        $result[0].Rows | Should -BeLessThan 400
        { Measure-RedisFeatureImportance price homes -Metric Accuracy } | Should -Throw -ErrorId 'MetricNotApplicable,RedisML.PowerShell.Models.MeasureRedisFeatureImportanceCommand'
    }

    It 'refuses a model and a dataset that are not there' {
        { Measure-RedisFeatureImportance prise homes -ErrorAction Stop } | Should -Throw -ErrorId 'ModelNotFound,*'
        { Measure-RedisFeatureImportance price homse } | Should -Throw -ErrorId 'DatasetNotFound,*'
    }
}
