BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Remove-RedisDataset' {
    BeforeEach {
        Set-Content TestDrive:/a.csv "x`n1"
        'old1', 'old2', 'new' | ForEach-Object { $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset $_ -Force }
    }

    It 'removes by name, silently' {
        Remove-RedisDataset new | Should -BeNullOrEmpty
        (Get-RedisDataset).Name | Should -Be 'old1', 'old2'
    }

    It 'removes by wildcard and from the pipeline' {
        Remove-RedisDataset old*
        (Get-RedisDataset).Name | Should -Be 'new'
        Get-RedisDataset | Remove-RedisDataset
        Get-RedisDataset | Should -BeNullOrEmpty
    }

    It 'removes nothing with -WhatIf, nor where a wildcard matches nothing' {
        Remove-RedisDataset * -WhatIf
        Remove-RedisDataset z*
        (Get-RedisDataset).Count | Should -Be 3
    }

    It 'writes an error for one that is not there' {
        Remove-RedisDataset nwe -ErrorAction SilentlyContinue -ErrorVariable missing
        $missing[0].FullyQualifiedErrorId | Should -Be 'DatasetNotFound,RedisML.PowerShell.Datasets.RemoveRedisDatasetCommand'
    }
}
