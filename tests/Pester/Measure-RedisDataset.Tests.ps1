BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    Set-Content TestDrive:/a.csv "n,t`n1,a`n3,b`n,a"
    $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Measure-RedisDataset' {
    It 'returns a row a column' {
        $number, $text = Measure-RedisDataset a
        $number.Column | Should -Be 'n'
        $number.Type | Should -Be 'Int64'
        $number.Count, $number.Missing, $number.Mean, $number.StandardDeviation, $number.Minimum, $number.Maximum, $number.Distinct |
            Should -Be 2, 1, 2, 1, 1, 3, 2
        $text.Column | Should -Be 't'
        $text.Count, $text.Missing, $text.Distinct | Should -Be 3, 0, 2
        $text.Mean | Should -BeNullOrEmpty
    }

    It 'takes a dataset from the pipeline' {
        (Get-RedisDataset a | Measure-RedisDataset).Column | Should -Be 'n', 't'
    }

    It 'fails for an unknown dataset' {
        { Measure-RedisDataset b } | Should -Throw -ErrorId 'DatasetNotFound,RedisML.PowerShell.MeasureRedisDatasetCommand'
    }
}
