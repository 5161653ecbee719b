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
        Get-RedisTrainingData a -First 1 -Column x* | ForEach-Object { $_.PSObject.Properties } | Should -BeNullOrEmpty
    }

    It 'takes a dataset from the pipeline' {
        (Get-RedisDataset a | Get-RedisTrainingData -First 1).id | Should -Be 1
    }

    It 'stops reading when Select-Object has enough' {
        (Get-RedisTrainingData a | Select-Object -First 2).Count | Should -Be 2
    }

    It 'fails with the nearest name for an unknown dataset or column' {
        { Get-RedisTrainingData b } | Should -Throw -ErrorId 'DatasetNotFound,RedisML.PowerShell.GetRedisTrainingDataCommand'
        { Get-RedisTrainingData a -Column prize } | Should -Throw "*'price'*"
    }
}
