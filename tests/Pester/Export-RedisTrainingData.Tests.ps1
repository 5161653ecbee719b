BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    $rows = 1..10 | ForEach-Object { [pscustomobject]@{ id = $_; price = $_ / 4; kind = "k$($_ % 2)"; when = [datetime]::new(2024, 1, $_) } }
    $null = $rows | Import-RedisTrainingData -Dataset a
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Export-RedisTrainingData' {
    It 'writes <_>, which imports again with the same values' -ForEach 'a.csv', 'a.tsv.gz', 'a.jsonl.zst', 'a.arrow', 'a.arrows', 'a.parquet' {
        $result = Export-RedisTrainingData a "TestDrive:/$_"
        $result.Rows | Should -Be 10
        $result.Bytes | Should -Be (Get-Item "TestDrive:/$_").Length
        $null = Import-RedisTrainingData "TestDrive:/$_" -Dataset b -Force
        Get-RedisTrainingData b | ConvertTo-Json | Should -BeExactly (Get-RedisTrainingData a | ConvertTo-Json)
    }

    It 'is read by Import-Csv' {
        $null = Export-RedisTrainingData a TestDrive:/c.csv -Column kind, id -Skip 1 -First 2
        $rows = Import-Csv TestDrive:/c.csv
        $rows[0].PSObject.Properties.Name | Should -Be 'kind', 'id'
        $rows.id | Should -Be 2, 3
    }

    It 'writes the rows of a condition into <_>' -ForEach 'f.csv', 'f.jsonl', 'f.arrow', 'f.parquet' {
        $result = Export-RedisTrainingData a "TestDrive:/$_" -Filter "kind == 'k0' and when > '2024-01-03'" -Force
        $result.Rows | Should -Be 4
        $null = Import-RedisTrainingData "TestDrive:/$_" -Dataset filtered -Force
        Get-RedisTrainingData filtered | ConvertTo-Json | Should -BeExactly (Get-RedisTrainingData a -Filter "kind == 'k0' and when > '2024-01-03'" | ConvertTo-Json)
    }

    It 'counts the rows of a condition with -Skip and -First' {
        $null = Export-RedisTrainingData a TestDrive:/s.csv -Filter "kind == 'k0'" -Skip 1 -First 2 -Force
        (Import-Csv TestDrive:/s.csv).id | Should -Be 4, 6
    }

    It 'writes nothing with WhatIf, and keeps a file with NoClobber' {
        Export-RedisTrainingData a TestDrive:/w.csv -WhatIf
        'TestDrive:/w.csv' | Should -Not -Exist
        Set-Content TestDrive:/kept.csv 'mine'
        { Export-RedisTrainingData a TestDrive:/kept.csv -NoClobber -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists*'
        Get-Content TestDrive:/kept.csv | Should -Be 'mine'
    }

    It 'writes texts as texts where a spreadsheet would run them' {
        $null = [pscustomobject]@{ t = '=1+1'; n = -1 } | Import-RedisTrainingData -Dataset formulas
        $null = Export-RedisTrainingData formulas TestDrive:/f.csv -NeutralizeFormula
        (Get-Content TestDrive:/f.csv)[1] | Should -BeExactly "'=1+1,-1"
        { Export-RedisTrainingData formulas TestDrive:/f.jsonl -NeutralizeFormula -ErrorAction Stop } | Should -Throw -ErrorId 'FormulaNeedsCsv*'
    }

    It 'asks for a format where the name of the file tells none' {
        { Export-RedisTrainingData a TestDrive:/a.xyz -ErrorAction Stop } | Should -Throw -ErrorId 'UnknownFormat*'
        (Export-RedisTrainingData a TestDrive:/a.xyz -Format Csv).Format | Should -Be 'Csv'
    }

    It 'writes what separates fields, and by a .tsv file tabs' {
        $null = Export-RedisTrainingData a TestDrive:/d.csv -Delimiter ';' -First 1
        (Get-Content TestDrive:/d.csv)[0] | Should -Be 'id;price;kind;when'
        $null = Export-RedisTrainingData a TestDrive:/d.tsv -First 1
        (Get-Content TestDrive:/d.tsv)[0] | Should -Be "id`tprice`tkind`twhen"
    }

    It 'writes the version that is asked for, of a dataset from the pipeline' {
        $null = [pscustomobject]@{ x = 1 } | Import-RedisTrainingData -Dataset v
        $null = [pscustomobject]@{ x = 2 } | Import-RedisTrainingData -Dataset v -Append
        (Export-RedisTrainingData v TestDrive:/v1.csv -Version 1).Rows | Should -Be 1
        (Get-RedisDataset v | Export-RedisTrainingData -Path TestDrive:/v2.csv).Rows | Should -Be 2
        { Export-RedisTrainingData v TestDrive:/v9.csv -Version 9 } | Should -Throw -ErrorId 'DatasetVersionNotFound,*'
    }

    It 'replaces a read-only file with -Force only' {
        Set-Content TestDrive:/locked.csv 'mine'
        Set-ItemProperty TestDrive:/locked.csv IsReadOnly $true
        { Export-RedisTrainingData a TestDrive:/locked.csv } | Should -Throw -ErrorId 'FileWriteFailed,*'
        (Export-RedisTrainingData a TestDrive:/locked.csv -Force).Rows | Should -Be 10
    }

    It 'exports over the -Connection given' {
        $connection = Get-RedisMLConnection
        (Export-RedisTrainingData a TestDrive:/o.csv -First 0 -Connection $connection).Rows | Should -Be 0
    }

    It 'completes <line>' -ForEach @(
        @{ line = 'Export-RedisTrainingData a x.csv -Column pr'; expected = 'price' }
        @{ line = 'Export-RedisTrainingData a x.csv -Version '; expected = '1' }
        @{ line = 'Export-RedisTrainingData a x.csv -Format Pa'; expected = 'Parquet' }
        @{ line = 'Export-RedisTrainingData a x.csv -Delimiter '; expected = "';'" }
    ) {
        (TabExpansion2 $line).CompletionMatches.CompletionText | Should -Contain $expected
    }

    It 'says which dataset there is not' {
        { Export-RedisTrainingData nothing TestDrive:/n.csv -ErrorAction Stop } | Should -Throw -ErrorId 'DatasetNotFound*'
        'TestDrive:/n.csv' | Should -Not -Exist
    }

    It 'takes a column by its own name, whatever wildcards it has, and refuses a pattern that none matches' {
        Set-Content TestDrive:/wild.csv "[x],y`n1,2"
        $null = Import-RedisTrainingData TestDrive:/wild.csv -Dataset wild
        (Get-RedisTrainingData wild -Column '[x]').'[x]' | Should -Be 1
        $null = Export-RedisTrainingData wild TestDrive:/wildout.csv -Column '[x]', y
        Get-Content TestDrive:/wildout.csv | Should -Be '[x],y', '1,2'
        { Export-RedisTrainingData wild TestDrive:/none.csv -Column z* } | Should -Throw -ErrorId 'ColumnNotFound,*'
    }

    It 'refuses what the format cannot hold, and says what and where' {
        @{ a = 1; b = [double]::NaN } | Import-RedisTrainingData -Dataset odd | Out-Null
        { Export-RedisTrainingData odd TestDrive:/odd.csv } | Should -Throw "Column 'b', row 1: NaN*Arrow or Parquet*" -ErrorId 'ValueNotInFormat,*'
        $null = Export-RedisTrainingData odd TestDrive:/odd.arrow
    }
}
