BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $rows = 1..40 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_; kind = "k$($_ % 2)" } }
    $null = $rows | Import-RedisTrainingData -Dataset a-one -Label y
    $null = $rows | Import-RedisTrainingData -Dataset a-two
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Set-RedisDataset' {
    It 'makes another column the label, of the same rows' {
        Set-RedisDataset a-one -Label kind | Should -BeNullOrEmpty
        $dataset = Get-RedisDataset a-one
        $dataset.Label, $dataset.Version, $dataset.Rows | Should -Be 'kind', 2, 40
        (Get-RedisTrainingData a-one).y | Should -Be (1..40 | ForEach-Object { 2 * $_ })
        (Start-RedisDistributedTraining a-one m -Algorithm Logistic -Wait).State | Should -Be 'Completed'
        (Get-RedisTrainingData a-one -Version 1).Count | Should -Be 40
    }

    It 'changes nothing where it is the label already' {
        (Set-RedisDataset a-one -Label kind -PassThru).Version | Should -Be (Get-RedisDataset a-one).Version
    }

    It 'takes wildcards and the pipeline, and no label' {
        (Set-RedisDataset a-* -Label x -PassThru).Label | Should -Be 'x', 'x'
        Get-RedisDataset a-two | Set-RedisDataset -Label $null
        (Get-RedisDataset a-two).Label | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf' {
        Set-RedisDataset a-one -Label y -WhatIf
        (Get-RedisDataset a-one).Label | Should -Be 'x'
    }

    It 'refuses a column and a dataset that are not there' {
        { Set-RedisDataset a-one -Label kimd } | Should -Throw -ErrorId 'ColumnNotFound,RedisML.PowerShell.Datasets.SetRedisDatasetCommand'
        { Set-RedisDataset a-onne -Label y -ErrorAction Stop } | Should -Throw -ErrorId 'DatasetNotFound,*'
    }
}
