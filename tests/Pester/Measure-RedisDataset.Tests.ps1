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

    It 'adds quantiles, histogram and the most frequent values' {
        $number, $text = Measure-RedisDataset a -Quantile 0.5 -Bin 2 -Top 1
        $number.Quantiles.Value | Should -Be 2
        $number.QuantileError | Should -Be 0
        $number.Histogram.Rows | Should -Be 1, 1
        $text.Top.Value | Should -Be 'a'
        $text.Top.Rows | Should -Be 2
        $text.Quantiles | Should -BeNullOrEmpty
    }

    It 'shows bars' {
        $table = Measure-RedisDataset a | Format-Table | Out-String -Width 200
        $table | Should -Match 'Distribution'
        $table | Should -Match 'a 67\s?%'
        $list = Measure-RedisDataset a | Format-List | Out-String -Width 200
        $list | Should -Match '0 %: 1  25 %: 1.5  50 %: 2  75 %: 2.5  100 %: 3'
        $list | Should -Match 'Top +: a \u2588{28} 2'
    }

    It 'has dates for the quantiles and bins of dates, and counts booleans' {
        Set-Content TestDrive:/days.csv 'day,is', '2024-01-01,true', '2024-01-03,false', '2024-01-03,true', '2024-01-09,', ',true'
        $null = Import-RedisTrainingData TestDrive:/days.csv -Dataset days
        $day, $is = Measure-RedisDataset days
        (Measure-RedisDataset days -Column day -Quantile 0, 0.5, 1).Quantiles.Value | Should -Be ([datetime[]]('2024-01-01', '2024-01-03', '2024-01-09'))
        $bin = $day.Histogram[2]
        $bin.From, $bin.To, $bin.Rows | Should -Be ([datetime] '2024-01-03'), ([datetime] '2024-01-04'), 2
        $top = $day.Top[0]
        $top.Value, $top.Rows | Should -Be ([datetime] '2024-01-03'), 2
        $is.Top.Value | Should -Be $true, $false
        $is.Top.Rows | Should -Be 3, 1
    }

    It 'counts rows that replaced others as they are now: hashes by <what>' -ForEach @(
        @{ what = 'a key'; key = @{ Key = 'id' }; count = 4; mean = 16.25 }
        @{ what = 'number'; key = @{}; count = 5; mean = 19 }
    ) {
        $null = @{ id = 1; x = 10 }, @{ id = 2; x = 20 }, @{ id = 3; x = 30 } | Import-RedisTrainingData -Dataset h$count -Layout Hash @key
        $null = @{ id = 3; x = -5 }, @{ id = 4; x = 40 } | Import-RedisTrainingData -Dataset h$count -Append
        $x = Measure-RedisDataset h$count -Column x
        $x.Count, $x.Mean, $x.Minimum | Should -Be $count, $mean, -5
        ($x.Histogram | Measure-Object Rows -Sum).Sum | Should -Be $count
    }

    It 'draws into a file of the kind that its name tells: <file>' -ForEach @(
        @{ file = 'a.svg'; start = '<svg' }
        @{ file = 'a.html'; start = '<!DOCTYPE html>' }
        @{ file = 'a.png'; start = [char]0x89 + 'PNG' }
    ) {
        Measure-RedisDataset a -Path "TestDrive:/$file" -WhatIf
        "TestDrive:/$file" | Should -Not -Exist
        $written = Measure-RedisDataset a -Path "TestDrive:/$file"
        $written | Should -BeOfType System.IO.FileInfo
        [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($written.FullName)) | Should -BeLike "$start*"
        if ($file -ne 'a.png') { Get-Content $written -Raw | Should -Match '(?s)3 rows.*\bn\b.*\bt\b' }
        { Measure-RedisDataset a -Path "TestDrive:/$file" } | Should -Throw -ErrorId 'FileExists,*'
        (Measure-RedisDataset a -Path "TestDrive:/$file" -Force).Length | Should -Be $written.Length
    }

    It 'refuses <arguments> with <id>' -ForEach @(
        @{ arguments = '-Path x.doc'; id = 'UnknownChartFormat' }
        @{ arguments = '-Quantile 1.5'; id = 'ParameterArgumentValidationError' }
        @{ arguments = '-Column nn'; id = 'ColumnNotFound' }
    ) {
        { & ([scriptblock]::Create("Measure-RedisDataset a $arguments")) } | Should -Throw -ErrorId "$id,*"
    }

    It 'makes bins by a rule, and keeps outliers apart' {
        'x', (1..400 | ForEach-Object { [math]::Sin($_) }), 1e7 | ForEach-Object { $_ } | Set-Content TestDrive:/out.csv
        $null = Import-RedisTrainingData TestDrive:/out.csv -Dataset out
        $x = Measure-RedisDataset out
        $x.Histogram[-1].IsTail, $x.Histogram[-1].Rows, $x.Histogram[-1].To | Should -Be $true, 1, 1e7
        @($x.Histogram | Where-Object IsTail -EQ $false).Count | Should -BeIn (4..20)
        ($x.Histogram | Measure-Object Rows -Sum).Sum | Should -Be 401
        (Measure-RedisDataset out -Bin 4).Histogram.IsTail | Should -Be $false, $false, $false, $false
    }

    It 'estimates no more different values than there are' {
        'id', (1..17379) | ForEach-Object { $_ } | Set-Content TestDrive:/ids.csv
        $null = Import-RedisTrainingData TestDrive:/ids.csv -Dataset ids
        (Measure-RedisDataset ids).Distinct | Should -BeIn (17000..17379)
    }

    It 'takes columns by name and wildcard' {
        (Measure-RedisDataset a -Column t, n*).Column | Should -Be 't', 'n'
    }

    It 'completes <line>' -ForEach @(
        @{ line = 'Measure-RedisDataset a -Column t'; expected = 't' }
        @{ line = 'Measure-RedisDataset a -Version '; expected = '1' }
    ) {
        (TabExpansion2 $line).CompletionMatches.CompletionText | Should -Be $expected
    }

    It 'fails for an unknown dataset' {
        { Measure-RedisDataset b } | Should -Throw -ErrorId 'DatasetNotFound,RedisML.PowerShell.Datasets.MeasureRedisDatasetCommand'
    }
}
