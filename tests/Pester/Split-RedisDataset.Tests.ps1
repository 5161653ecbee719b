BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    Set-Content TestDrive:/a.csv ("id`n" + ((1..1000) -join "`n"))
    $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Split-RedisDataset' {
    It 'makes a training and a test dataset of all rows' {
        $parts = Split-RedisDataset a -TestFraction 0.2 -Seed 42
        $parts.Name | Should -Be 'a-train', 'a-test'
        ($parts | Measure-Object Rows -Sum).Sum | Should -Be 1000
        $parts[1].Rows | Should -BeGreaterThan 150
        $parts[1].Rows | Should -BeLessThan 250
        (Get-RedisTrainingData a-train).id + (Get-RedisTrainingData a-test).id | Sort-Object | Should -Be (1..1000)
    }

    It 'gives the same rows for the same seed, and needs -Force for another' {
        (Split-RedisDataset a -TestFraction 0.2 -Seed 42).Version | Should -Be 1, 1
        { Split-RedisDataset a -TestFraction 0.2 -Seed 7 } | Should -Throw -ErrorId 'DatasetExists,RedisML.PowerShell.SplitRedisDatasetCommand'
        $before = (Get-RedisTrainingData a-test).id
        $null = Split-RedisDataset a -TestFraction 0.2 -Seed 7 -Force
        (Get-RedisTrainingData a-test).id | Should -Not -Be $before
        $null = Split-RedisDataset a -TestFraction 0.2 -Seed 42 -Force
        (Get-RedisTrainingData a-test).id | Should -Be $before
    }

    It 'writes nothing with -WhatIf' {
        Set-Content TestDrive:/b.csv ("id`n" + ((1..50) -join "`n"))
        $null = Import-RedisTrainingData TestDrive:/b.csv -Dataset b
        Split-RedisDataset b -WhatIf | Should -BeNullOrEmpty
        Get-RedisDataset b-* | Should -BeNullOrEmpty
    }

    It 'refuses a fraction outside of 0 to 1, and an unknown dataset' {
        { Split-RedisDataset a -TestFraction 1 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Split-RedisDataset zzz } | Should -Throw -ErrorId 'DatasetNotFound,*'
    }
}
