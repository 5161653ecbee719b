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
        { Split-RedisDataset a -TestFraction 0.2 -Seed 7 } | Should -Throw -ErrorId 'DatasetExists,RedisML.PowerShell.Datasets.SplitRedisDatasetCommand'
        $before = (Get-RedisTrainingData a-test).id
        $null = Split-RedisDataset a -TestFraction 0.2 -Seed 7 -Force
        (Get-RedisTrainingData a-test).id | Should -Not -Be $before
        $null = Split-RedisDataset a -TestFraction 0.2 -Seed 42 -Force
        (Get-RedisTrainingData a-test).id | Should -Be $before
    }

    It 'splits by a condition' {
        Set-Content TestDrive:/days.csv (@('id,day') + (1..60 | ForEach-Object { "$_,$(([datetime] '2023-11-01').AddDays($_ - 1).ToString('yyyy-MM-dd'))" }) + '61,')
        $null = Import-RedisTrainingData TestDrive:/days.csv -Dataset days
        $parts = Split-RedisDataset days -Filter "day >= '2023-12-01'"
        $parts.Name | Should -Be 'days-train', 'days-test'
        (Get-RedisTrainingData days-test).id | Should -Be (31..60)
        (Get-RedisTrainingData days-train).id | Should -Be ((1..30) + 61)
        (Split-RedisDataset days -Filter "day >= '2023-12-01'").Version | Should -Be 1, 1
        (Split-RedisDataset days -Filter 'id < 10' -PartName rest, few).Rows | Should -Be 52, 9
        { Split-RedisDataset days -Filter 'id > 100' -Force } | Should -Throw -ErrorId 'EmptySplit,*'
        { Split-RedisDataset days -Filter 'id + 1' -Force } | Should -Throw -ErrorId 'InvalidExpression,*'
    }

    It 'writes nothing with -WhatIf' {
        Set-Content TestDrive:/b.csv ("id`n" + ((1..50) -join "`n"))
        $null = Import-RedisTrainingData TestDrive:/b.csv -Dataset b
        Split-RedisDataset b -WhatIf | Should -BeNullOrEmpty
        Get-RedisDataset b-* | Should -BeNullOrEmpty
    }

    It 'makes parts with the same share of each class' {
        Set-Content TestDrive:/c.csv ("id,kind`n" + ((1..400 | ForEach-Object { "$_,$($_ % 40 ? 'usual' : 'rare')" }) -join "`n"))
        $null = Import-RedisTrainingData TestDrive:/c.csv -Dataset c
        $parts = Split-RedisDataset c -Fraction 0.7, 0.15, 0.15 -Stratify kind
        $parts.Name | Should -Be 'c-train', 'c-validation', 'c-test'
        ($parts.Rows | Measure-Object -Sum).Sum | Should -Be 400
        $parts[0].Classes.Where{ $_.Value -eq 'rare' }.Rows | Should -Be 7
        $parts[0].Classes.Where{ $_.Value -eq 'usual' }.Rows | Should -Be 273
        $parts | Out-String | Should -Match 'c-validation +1 +60 +15.00\s?% +usual: 5[89], rare: [12]'
    }

    It 'keeps groups whole, and rows in the order of time' {
        Set-Content TestDrive:/d.csv ("id,who,day`n" + ((1..300 | ForEach-Object { "$_,$($_ % 30),$((Get-Date '2024-01-01').AddDays($_ * 7 % 100).ToString('yyyy-MM-dd'))" }) -join "`n"))
        $null = Import-RedisTrainingData TestDrive:/d.csv -Dataset d
        $null = Split-RedisDataset d -By who -Fraction 0.5, 0.5 -PartName a, b
        Compare-Object (Get-RedisTrainingData d-a).who (Get-RedisTrainingData d-b).who -IncludeEqual -ExcludeDifferent | Should -BeNullOrEmpty
        $null = Split-RedisDataset d -By day
        $last = (Get-RedisTrainingData d-train).day | Sort-Object | Select-Object -Last 1
        (Get-RedisTrainingData d-test).day | ForEach-Object { $_ | Should -BeGreaterThan $last }
    }

    It 'names parts by -PartName, and hands them on' {
        Set-Content TestDrive:/e.csv ("id,kind`n" + ((0..799 | ForEach-Object { "$_,k$($_ % 3)" }) -join "`n"))
        $null = Import-RedisTrainingData TestDrive:/e.csv -Dataset e
        $parts = Split-RedisDataset e -Fraction 0.5, 0.25, 0.25 -PartName x, y, z -Stratify kind
        $parts | ForEach-Object { "$($_.Name) $($_.Rows) $($_.Share)" } | Should -Be 'e-x 400 0.5', 'e-y 200 0.25', 'e-z 200 0.25'
        $parts[1].Classes | ForEach-Object { "$($_.Value)=$($_.Rows)" } | Should -Be 'k0=67', 'k1=67', 'k2=66'
        ($parts | Get-RedisDataset).Name | Should -Be 'e-x', 'e-y', 'e-z'
    }

    It 'says with -WhatIf what would come' {
        $null = Start-Transcript "$TestDrive/what.txt"
        try { Split-RedisDataset a -Fraction 0.7, 0.15, 0.15 -By id -WhatIf }
        finally { $null = Stop-Transcript }
        # Lines of a transcript are as wide as the window.
        (Get-Content "$TestDrive/what.txt") -join '' -replace '\s+', ' ' |
            Should -BeLike "*Split into 'a-train' (70 %), 'a-validation' (15 %) and 'a-test' (15 %), by 'id'*"
    }

    It 'completes column names: <_>' -ForEach 'Split-RedisDataset a -Stratify i', 'Split-RedisDataset -Name a -By i' {
        (TabExpansion2 $_).CompletionMatches.CompletionText | Should -Be 'id'
    }

    It 'refuses <arguments> with <id>' -ForEach @(
        @{ arguments = '-Fraction 0.5, 0.6'; id = 'InvalidFraction' }
        @{ arguments = '-Fraction 0.5, 0.5 -PartName a'; id = 'InvalidPartName' }
        @{ arguments = '-Stratify ic'; id = 'ColumnNotFound' }
        @{ arguments = '-Stratify id -By id'; id = 'ConflictingOptions' }
        @{ arguments = '-Sorted'; id = 'ConflictingOptions' }
        @{ arguments = '-By kind -Sorted'; id = 'UnsortableColumn' }
        @{ arguments = '-TestFraction 0.5 -Fraction 0.5, 0.5'; id = 'AmbiguousParameterSet' }
    ) {
        $null = [pscustomobject]@{ id = 1; kind = 'k' } | Import-RedisTrainingData -Dataset mistaken -Force
        { & ([scriptblock]::Create("Split-RedisDataset mistaken $arguments")) } | Should -Throw -ErrorId "$id,*"
        Get-RedisDataset mistaken-* | Should -BeNullOrEmpty
    }

    It 'refuses a fraction outside of 0 to 1, and an unknown dataset' {
        { Split-RedisDataset a -TestFraction 1 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Split-RedisDataset zzz } | Should -Throw -ErrorId 'DatasetNotFound,*'
    }
}
