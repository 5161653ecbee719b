BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    Set-Content TestDrive:/a.csv ("id,price,kind,sold`n" + ((1..10 | ForEach-Object { "$_,$($_ / 2),k$($_ % 2),$($_ -gt 5)" }) -join "`n"))
    $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Get-RedisTrainingData' {
    It 'returns rows as objects with typed values' {
        $rows = Get-RedisTrainingData a
        $rows.Count | Should -Be 10
        $rows[0].id | Should -BeOfType [long]
        $rows[0].price | Should -BeOfType [double]
        $rows[0].kind | Should -BeExactly 'k1'
        $rows[0].sold | Should -BeFalse
        $rows[9].sold | Should -BeTrue
    }

    It 'pages with First and Skip' {
        (Get-RedisTrainingData a -Skip 3 -First 2).id | Should -Be 4, 5
        Get-RedisTrainingData a -Skip 10 | Should -BeNullOrEmpty
        Get-RedisTrainingData a -First 0 | Should -BeNullOrEmpty
    }

    It 'chooses columns by name and wildcard' {
        (Get-RedisTrainingData a -First 1 -Column sold, p*).PSObject.Properties.Name | Should -Be 'sold', 'price'
        { Get-RedisTrainingData a -First 1 -Column x* } | Should -Throw -ErrorId 'ColumnNotFound,*'
    }

    It 'filters by a condition, whose rows Skip and First count' {
        (Get-RedisTrainingData a -Filter 'price > 2 and kind == "k1"').id | Should -Be 5, 7, 9
        (Get-RedisTrainingData a -Filter 'kind == "k1"' -Skip 1 -First 2).id | Should -Be 3, 5
        { Get-RedisTrainingData a -Filter 'price' } | Should -Throw -ErrorId 'InvalidExpression,*'
        { Get-RedisTrainingData a -Filter 'prise > 1' } | Should -Throw "*'price'*" -ErrorId 'ColumnNotFound,*'
    }

    It 'returns a sample, the same one for the same seed' {
        $sample = (Get-RedisTrainingData a -Sample 4 -Seed 1).id
        $sample.Count | Should -Be 4
        ($sample | Sort-Object -Unique) | Should -Be $sample
        (Get-RedisTrainingData a -Sample 4 -Seed 1).id | Should -Be $sample
        (1..5 | ForEach-Object { (Get-RedisTrainingData a -Sample 4 -Seed $_).id -join ' ' } | Sort-Object -Unique).Count | Should -BeGreaterThan 1
        (Get-RedisTrainingData a -Sample 100).id | Should -Be (1..10)
    }

    It 'samples what a condition, or a page, leaves, of many rows' {
        $null = 1..5000 | ForEach-Object { @{ a = $_; t = $_ % 2 ? 'odd' : 'even' } } | Import-RedisTrainingData -Dataset many -Compression Zstd
        (Get-RedisTrainingData many -Filter 'a > 4996 and t == "even"').a | Should -Be 4998, 5000
        (Get-RedisTrainingData many -Filter 't == "even"' -Skip 6 -First 2).a | Should -Be 14, 16
        $sample = (Get-RedisTrainingData many -Filter 'a <= 100' -Sample 10 -Seed 3).a
        $sample.Count | Should -Be 10
        $sample | Should -Be @($sample | Sort-Object -Unique)
        $sample | Where-Object { $_ -gt 100 } | Should -BeNullOrEmpty
        (Get-RedisTrainingData many -First 100 -Sample 10 -Seed 3).a | Should -Be $sample
        (Get-RedisTrainingData many -First 100 -Sample 10 -Seed 4).a | Should -Not -Be $sample
    }

    It 'reads the version that is asked for' {
        $null = [pscustomobject]@{ x = 1 } | Import-RedisTrainingData -Dataset v
        $null = [pscustomobject]@{ x = 2 } | Import-RedisTrainingData -Dataset v -Append
        (Get-RedisTrainingData v -Version 1).x | Should -Be 1
        (Get-RedisTrainingData v).x | Should -Be 1, 2
        { Get-RedisTrainingData v -Version 9 } | Should -Throw -ErrorId 'DatasetVersionNotFound,*'
    }

    It 'reads over the -Connection given' {
        (Get-RedisTrainingData a -First 1 -Connection (Get-RedisMLConnection)).id | Should -Be 1
    }

    It 'completes <line>' -ForEach @(
        @{ line = 'Get-RedisTrainingData a -Column so'; expected = 'sold' }
        @{ line = 'Get-RedisTrainingData a -Version '; expected = '1' }
        @{ line = "Get-RedisTrainingData a -Filter 'id > 3 and pr"; expected = "'id > 3 and price'" }
    ) {
        (TabExpansion2 $line).CompletionMatches.CompletionText | Should -Contain $expected
    }

    It 'takes a dataset from the pipeline' {
        (Get-RedisDataset a | Get-RedisTrainingData -First 1).id | Should -Be 1
    }

    It 'stops reading when Select-Object has enough' {
        (Get-RedisTrainingData a | Select-Object -First 2).Count | Should -Be 2
    }

    It 'fails with the nearest name for an unknown dataset or column' {
        { Get-RedisTrainingData b } | Should -Throw -ErrorId 'DatasetNotFound,RedisML.PowerShell.Datasets.GetRedisTrainingDataCommand'
        { Get-RedisTrainingData a -Column prize } | Should -Throw "*'price'*"
    }
}
