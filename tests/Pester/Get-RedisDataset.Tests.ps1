BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    Set-Content TestDrive:/a.csv "x,y`n1,2"
    'apple', 'avocado', 'banana' | ForEach-Object { $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset $_ -Label y }
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Get-RedisDataset' {
    It 'lists all datasets by name' {
        (Get-RedisDataset).Name | Should -Be 'apple', 'avocado', 'banana'
    }

    It 'matches wildcards, and returns nothing where none matches' {
        (Get-RedisDataset a*).Name | Should -Be 'apple', 'avocado'
        Get-RedisDataset z* | Should -BeNullOrEmpty
    }

    It 'describes a dataset' {
        $dataset = Get-RedisDataset banana
        $dataset.Version | Should -Be 1
        $dataset.Rows | Should -Be 1
        $dataset.Columns.Name | Should -Be 'x', 'y'
        $dataset.Label | Should -Be 'y'
        $dataset.Layout | Should -Be 'Columnar'
        $dataset.StoredBytes | Should -BeGreaterThan 0
        $dataset.Created | Should -BeOfType [DateTimeOffset]
    }

    It 'writes an error with the nearest name for one that is not there, and goes on' {
        $found = Get-RedisDataset appel, banana -ErrorAction SilentlyContinue -ErrorVariable missing
        $found.Name | Should -Be 'banana'
        $missing[0].FullyQualifiedErrorId | Should -Be 'DatasetNotFound,RedisML.PowerShell.Datasets.GetRedisDatasetCommand'
        $missing[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$($missing[0])" | Should -BeLike "*'apple'*"
    }

    It 'completes names' {
        (TabExpansion2 'Get-RedisDataset av').CompletionMatches.CompletionText | Should -Be 'avocado'
    }
}
