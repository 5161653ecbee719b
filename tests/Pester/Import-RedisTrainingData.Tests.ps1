BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    . "$PSScriptRoot/Servers.ps1"
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Import-RedisTrainingData' {
    BeforeEach {
        Get-RedisDataset | Remove-RedisDataset
    }

    It 'imports a file and accounts for every row' {
        Set-Content TestDrive:/a.csv "x,y`n1,2`n3,"
        $result = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Label y
        $result.Dataset | Should -Be 'a'
        $result.Version | Should -Be 1
        $result.RowsRead | Should -Be 2
        $result.RowsWritten | Should -Be 2
        $result.RowsRejected | Should -Be 0
        $result.ElapsedSeconds | Should -BeGreaterThan 0
        (Get-RedisDataset a).Label | Should -Be 'y'
    }

    It 'takes files from the pipeline and names the datasets after them' {
        Set-Content TestDrive:/north.csv "x`n1"
        Set-Content TestDrive:/south.csv "x`n2"
        Get-ChildItem TestDrive:/*th.csv | Import-RedisTrainingData | ForEach-Object Dataset | Sort-Object | Should -Be 'north', 'south'
    }

    It 'resolves wildcards in Path and none in LiteralPath' {
        Set-Content -LiteralPath 'TestDrive:/[1].csv' "x`n1"
        (Import-RedisTrainingData -LiteralPath 'TestDrive:/[1].csv' -Dataset b).RowsRead | Should -Be 1
        (Import-RedisTrainingData 'TestDrive:/?1?.c*' -Dataset c).RowsRead | Should -Be 1
    }

    It 'takes types and missing values as told' {
        Set-Content TestDrive:/a.csv "code,n`n1,NA`n2,5"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Schema @{ code = 'Utf8' } -NullValue NA
        $rows = Get-RedisTrainingData a
        $rows[0].code | Should -BeExactly '1'
        $rows[0].n | Should -BeNullOrEmpty
        $rows[1].n | Should -Be 5
    }

    It 'takes the rows of a table and the items of an array that -InputObject is given' {
        $table = [System.Data.DataTable]::new()
        $null = $table.Columns.Add('id', [int])
        1, 2 | ForEach-Object { $null = $table.Rows.Add($_) }
        $set = [System.Data.DataSet]::new()
        $set.Tables.Add($table)
        foreach ($rows in $table, $table.DefaultView, $set, @(@{ id = 1 }, @{ id = 2 })) {
            $null = Import-RedisTrainingData -InputObject $rows -Dataset a -Force
            (Get-RedisTrainingData a).id | Should -Be 1, 2
        }
        $null = Import-RedisTrainingData -InputObject $table.Rows[1] -Dataset a -Force
        (Get-RedisTrainingData a).id | Should -Be 2
    }

    It 'writes objects within objects as JSON, as a file of JSON Lines has them' {
        Set-Content TestDrive:/a.jsonl ($json = '{"a":{"x":1,"y":[{"z":"ü"},null]},"b":["u","v,w"]}')
        $json | ConvertFrom-Json | Import-RedisTrainingData -Dataset a
        $null = Import-RedisTrainingData TestDrive:/a.jsonl -Dataset b
        Get-RedisTrainingData a | ConvertTo-Json | Should -BeExactly (Get-RedisTrainingData b | ConvertTo-Json)
    }

    It 'loses no column where one is called *' {
        Set-Content TestDrive:/a.csv "a,*,b`n1,2,3"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
        (Get-RedisTrainingData a).PSObject.Properties.Name | Should -Be 'a', '*', 'b'
        (Measure-RedisDataset a).Column | Should -Be 'a', '*', 'b'
        (Get-RedisTrainingData a -Column '[*]').PSObject.Properties.Name | Should -Be '*'
        $null = Export-RedisTrainingData a TestDrive:/b.csv
        Get-Content TestDrive:/b.csv | Should -Be 'a,*,b', '1,2,3'
    }

    It 'changes nothing when the same file comes again, and says so' {
        Set-Content TestDrive:/a.csv "x`n1"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
        $again = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -WarningVariable warning -WarningAction SilentlyContinue
        $again.Unchanged | Should -BeTrue
        $warning | Should -BeLike '*nothing to do*'
        (Get-RedisDataset a).Version | Should -Be 1
        (Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Force).Version | Should -Be 2
    }

    It 'writes nothing with -WhatIf' {
        Set-Content TestDrive:/a.csv "x`n1"
        Import-RedisTrainingData TestDrive:/a.csv -Dataset a -WhatIf | Should -BeNullOrEmpty
        Get-RedisDataset | Should -BeNullOrEmpty
    }

    It 'fails with <id> on <what>, and leaves nothing' -ForEach @(
        @{ what = 'a file that is not there'; content = $null; id = 'FileNotFound' }
        @{ what = 'an empty file'; content = ''; id = 'FileEmpty' }
        @{ what = 'a header alone'; content = 'x,y'; id = 'HeaderOnly' }
        @{ what = 'a binary file'; content = "PK`u{3}`u{4}`u{0}`u{0}"; id = 'NotText' }
        @{ what = 'a row with too many fields'; content = "x`n1`n1,2"; id = 'BadRow' }
    ) {
        if ($null -ne $content) { [IO.File]::WriteAllText("$TestDrive/bad.csv", $content) }
        { Import-RedisTrainingData "$TestDrive/$(if ($null -eq $content) { 'none' } else { 'bad' }).csv" -Dataset a } |
            Should -Throw -ErrorId "$id,RedisML.PowerShell.Datasets.ImportRedisTrainingDataCommand"
        Get-RedisDataset | Should -BeNullOrEmpty
    }

    It 'fails with PathIsDirectory on a directory' {
        { Import-RedisTrainingData $TestDrive -Dataset a } | Should -Throw -ErrorId 'PathIsDirectory,RedisML.PowerShell.Datasets.ImportRedisTrainingDataCommand'
    }

    It 'names line, column and value of a bad row' {
        Set-Content TestDrive:/a.csv "x,y`n1,2`n3,oops"
        { Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Schema @{ y = 'Int64' } } | Should -Throw "*line 3*'oops'*'y'*"
    }

    It 'fails with DatasetExists where another file made the dataset' {
        Set-Content TestDrive:/a.csv "x`n1"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
        Set-Content TestDrive:/a.csv "x`n2"
        { Import-RedisTrainingData TestDrive:/a.csv -Dataset a } | Should -Throw -ErrorId 'DatasetExists,*'
    }

    It 'adds rows with -Append, and the same file once' {
        Set-Content TestDrive:/a.csv "x`n1"
        Set-Content TestDrive:/b.csv "x`n2"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
        (Import-RedisTrainingData TestDrive:/b.csv -Dataset a -Append).Version | Should -Be 2
        (Import-RedisTrainingData TestDrive:/b.csv -Dataset a -Append -WarningAction SilentlyContinue).Unchanged | Should -BeTrue
        (Get-RedisTrainingData a).x | Should -Be 1, 2
        (Get-RedisTrainingData a -Version 1).x | Should -Be 1
    }

    It 'shows how columns differ, and takes new ones with -SchemaChange Add' {
        Set-Content TestDrive:/a.csv "x`n1"
        Set-Content TestDrive:/b.csv "x,y`n2,3"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
        { Import-RedisTrainingData TestDrive:/b.csv -Dataset a -Append } | Should -Throw "*'y' (Int64) is new*" -ErrorId 'SchemaMismatch,*'
        (Import-RedisTrainingData TestDrive:/b.csv -Dataset a -Append -SchemaChange Add).RowsWritten | Should -Be 1
    }

    It 'keeps rows that do not fit in a file, and says so' {
        Set-Content TestDrive:/a.csv "x`n1`noops"
        $result = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Schema @{ x = 'Int64' } -RejectPath TestDrive:/r.csv -WarningVariable warning -WarningAction SilentlyContinue
        $result.RowsRejected | Should -Be 1
        $warning | Should -BeLike '1 of 2 rows*'
        (Import-Csv TestDrive:/r.csv).x | Should -Be 'oops'
    }

    It 'takes types from a dataset by its name, or the dataset' {
        Set-Content TestDrive:/a.csv "x`n1.5"
        Set-Content TestDrive:/b.csv "x`n2"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
        $null = Import-RedisTrainingData TestDrive:/b.csv -Dataset b -Schema a
        $null = Import-RedisTrainingData TestDrive:/b.csv -Dataset c -Schema (Get-RedisDataset a)
        foreach ($name in 'b', 'c') { "$((Get-RedisDataset $name).Columns[0].Type)" | Should -Be 'Float64' }
    }

    It 'lays rows out as hashes by their key' {
        Set-Content TestDrive:/a.csv "id,x`nb,1`na,2"
        (Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Key id).RowsWritten | Should -Be 2
        "$((Get-RedisDataset a).Layout)" | Should -Be 'Hash'
        (Get-RedisTrainingData a).id | Should -Be 'b', 'a'
        Remove-RedisDataset a
        Get-RedisDataset | Should -BeNullOrEmpty
    }

    It 'takes objects and hashtables of the pipeline, and needs the name of a dataset for them' {
        $result = [pscustomobject]@{ n = 1; t = 'a' }, @{ n = 2.5; t = $null } | Import-RedisTrainingData -Dataset a
        $result.RowsWritten | Should -Be 2
        (Get-RedisTrainingData a).n | Should -Be 1, 2.5
        { [pscustomobject]@{ n = 1 } | Import-RedisTrainingData } | Should -Throw -ErrorId 'DatasetRequired,*'
    }

    It 'gives columns the types of values, or of what texts say' {
        $result = 1..5000 | ForEach-Object { [pscustomobject]@{ n = "$_"; x = $_ / 4; t = $_ % 2 ? 'odd' : ''; when = [datetime]'2024-01-01' } } |
            Import-RedisTrainingData -Dataset a
        $result.RowsRead, $result.RowsWritten | Should -Be 5000, 5000
        (Get-RedisDataset a).Columns.Type | Should -Be 'Int64', 'Float64', 'Utf8', 'Date32'
        $rows = Get-RedisTrainingData a
        $rows[0].n, $rows[0].x, $rows[0].t, $rows[0].when | Should -Be 1, 0.25, 'odd', ([datetime]'2024-01-01')
        $rows[4999].n, $rows[4999].x, $rows[4999].t | Should -Be 5000, 1250, $null
    }

    It 'has a missing value where a hashtable lacks a name' {
        $null = @{ a = 1 }, @{ a = 2; b = 'x' }, @{ b = 'y' } | Import-RedisTrainingData -Dataset a
        $rows = Get-RedisTrainingData a
        $rows.a | Should -Be 1, 2, $null
        $rows.b | Should -Be $null, 'x', 'y'
    }

    It 'names the object that does not fit, and leaves nothing of the others' {
        $connection = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
        { 1..50000 | ForEach-Object { @{ a = $_ -eq 40000 ? 'oops' : $_ } } | Import-RedisTrainingData -Dataset a } |
            Should -Throw "*object 40000: 'oops' in column 'a' is no Int64*"
        Get-ServerKey $connection | Should -BeNullOrEmpty
    }

    It 'names object and property where a later <_> has one more, or leaves it out' -ForEach 'hashtable', 'object' {
        $isObject = $_ -eq 'object'
        # A custom object that only has one more is noticed where it is the sixteenth.
        function Get-Row($late) {
            foreach ($n in 1..30000) {
                $row = $n -eq 28992 ? @{ a = $n; late = $late } : @{ a = $n }
                $isObject ? [pscustomobject] $row : $row
            }
        }
        $connection = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
        { Get-Row 'x' | Import-RedisTrainingData -Dataset a } |
            Should -Throw "*object 28992: a property that the first objects don't have *: late*" -ErrorId 'BadRow,*'
        Get-ServerKey $connection | Should -BeNullOrEmpty
        $result = Get-Row 'x' | Import-RedisTrainingData -Dataset a -BadRow Skip -WarningAction SilentlyContinue
        $result.RowsRead, $result.RowsWritten, $result.RowsRejected | Should -Be 30000, 29999, 1
        (Get-Row $null | Import-RedisTrainingData -Dataset b).RowsWritten | Should -Be 30000
    }

    It 'names an object of another kind, wherever it comes' {
        { 1..20000 | ForEach-Object { $_ -eq 19999 ? [pscustomobject]@{ b = $_ } : [pscustomobject]@{ a = $_ } } | Import-RedisTrainingData -Dataset a } |
            Should -Throw '*object 19999: *: b*'
    }

    It 'adds objects that did not fit, corrected in their file' {
        $null = 1..20 | ForEach-Object { [pscustomobject]@{ n = $_ -eq 7 ? 'seven' : $_; x = $_ / 4; ok = $true } } |
            Import-RedisTrainingData -Dataset a -Schema @{ n = 'Int64' } -RejectPath TestDrive:/r.jsonl -WarningAction SilentlyContinue
        $reject = Get-Content TestDrive:/r.jsonl
        $reject | Should -BeExactly '{"_line":7,"_column":"n","_value":"seven","_reason":"is no Int64","n":"seven","x":1.75,"ok":true}'
        $reject.Replace('"n":"seven"', '"n":7') | Set-Content TestDrive:/r.jsonl
        $null = Import-RedisTrainingData TestDrive:/r.jsonl -Dataset a -Append
        $last = (Get-RedisTrainingData a)[-1]
        $last.n, $last.x, $last.ok | Should -Be 7, 1.75, $true
    }

    It 'makes one dataset of the files of the pipeline where it is named' {
        $null = New-Item TestDrive:/parts -ItemType Directory
        Set-Content TestDrive:/parts/p1.csv 'a,b', '1,x'
        Set-Content TestDrive:/parts/p2.csv 'a,b', '2.5,'
        $first, $second = (Get-ChildItem TestDrive:/parts).FullName
        ($first, [System.IO.FileInfo] $second | Import-RedisTrainingData -Dataset a).RowsWritten | Should -Be 2
        (Get-RedisTrainingData a).a | Should -Be 1, 2.5
        (Get-RedisTrainingData a).b | Should -Be 'x', $null
        (Import-RedisTrainingData TestDrive:/parts/p*.csv -Dataset a -WarningAction SilentlyContinue).Unchanged | Should -BeTrue
        Set-Content TestDrive:/parts/p3.csv 'a,c', '1,x'
        { Import-RedisTrainingData TestDrive:/parts/p*.csv -Dataset b } | Should -Throw -ErrorId 'SchemaMismatch,*'
    }

    It 'takes the data of <what>, and not the properties of their wrappers' -ForEach @(
        @{ what = 'rows of a table'; rows = { (New-Table).Rows } }
        @{ what = 'rows of a view'; rows = { , (New-Table).DefaultView | ForEach-Object { $_ } } }
        @{ what = 'records'; rows = { $reader = (New-Table).CreateDataReader(); while ($reader.Read()) { , $reader } } }
        @{ what = 'ordered dictionaries'; rows = { [ordered]@{ a = 1; b = 'x' }, [ordered]@{ a = 2; b = $null } } }
        @{ what = 'typed dictionaries'; rows = { foreach ($a in 1, 2) { $row = [System.Collections.Generic.Dictionary[string, object]]::new(); $row.a = $a; $row.b = $a -eq 1 ? 'x' : $null; , $row } } }
        @{ what = 'expando objects'; rows = { foreach ($a in 1, 2) { $row = [System.Dynamic.ExpandoObject]::new(); $row.a = $a; $row.b = $a -eq 1 ? 'x' : $null; , $row } } }
        @{ what = 'XML elements'; rows = { ([xml]'<r><i a="1"><b>x</b></i><i a="2"><b/></i></r>').r.i } }
        @{ what = 'objects that come from a job'; rows = { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@(
            [pscustomobject]@{ a = 1; b = 'x' }, [pscustomobject]@{ a = 2; b = $null }))) | Add-Member RunspaceId ([guid]::NewGuid()) -PassThru | Add-Member PSComputerName local -PassThru } }
    ) {
        function New-Table {
            $table = [System.Data.DataTable]::new()
            $null = $table.Columns.Add('a', [int]), $table.Columns.Add('b'), $table.Rows.Add(1, 'x'), $table.Rows.Add(2, [DBNull]::Value)
            , $table
        }
        $null = & $rows | Import-RedisTrainingData -Dataset a
        (Get-RedisDataset a).Columns | ForEach-Object { "$($_.Name) $($_.Type)" } | Should -Be 'a Int64', 'b Utf8'
        Get-RedisTrainingData a | ConvertTo-Json -Compress | Should -Be '[{"a":1,"b":"x"},{"a":2,"b":null}]'
    }

    It 'keeps columns whose names differ only in case' {
        $row = [hashtable]::new([StringComparer]::Ordinal)
        $row.a = 1
        $row.A = 2
        $null = $row | Import-RedisTrainingData -Dataset a
        (Get-RedisTrainingData a).PSObject.Properties.Value | Sort-Object | Should -Be 1, 2
        Set-Content TestDrive:/case.jsonl '{"a":1,"A":2,"":3}'
        $null = Import-RedisTrainingData TestDrive:/case.jsonl -Dataset b
        Get-RedisTrainingData b | ConvertTo-Json -Compress | Should -Be '{"a":1,"A_2":2,"Column3":3}'
    }

    It 'warns of values that it takes for missing, and of text among numbers' {
        Set-Content TestDrive:/few.csv ("x,y`n1,1`nNA,2`n3,oops`n4,4")
        $null = Import-RedisTrainingData TestDrive:/few.csv -Dataset a -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -HaveCount 2
        $warnings[0] | Should -BeLike "*1 in column 'x' ('NA')*line 3*-NullValue*"
        $warnings[1] | Should -BeLike "Column 'y' is text*1 of 4 values isn't Int64, the first 'oops' in line 4*"
    }

    It 'reads runs of blanks with -Delimiter Whitespace, and quotes behind an -Escape character' {
        Set-Content TestDrive:/blanks.txt "name  note`n a   `"b c`"`n"
        $null = Import-RedisTrainingData TestDrive:/blanks.txt -Dataset a -Delimiter Whitespace
        (Get-RedisTrainingData a).note | Should -Be 'b c'
        Set-Content TestDrive:/escaped.csv 'id,text', '1,"he said \"hi\""'
        { Import-RedisTrainingData TestDrive:/escaped.csv -Dataset b } | Should -Throw "*-Escape '\'*" -ErrorId 'BadRow,*'
        $null = Import-RedisTrainingData TestDrive:/escaped.csv -Dataset b -Escape '\'
        (Get-RedisTrainingData b).text | Should -Be 'he said "hi"'
        { Import-RedisTrainingData TestDrive:/escaped.csv -Dataset c -Delimiter 'ab' } | Should -Throw -ErrorId 'InvalidDelimiter,*'
    }

    It 'names object and property where a later object has one more' {
        { & { 1..20000 | ForEach-Object { @{ n = $_ } }; @{ n = 0; late = 1 } } | Import-RedisTrainingData -Dataset a } | Should -Throw '*object 20001*late*' -ErrorId 'BadRow,*'
        Get-RedisDataset | Should -BeNullOrEmpty
    }

    It 'reads a file with -Delimiter <delimiter>' -ForEach @(
        @{ delimiter = ';' }
        @{ delimiter = '|' }
        @{ delimiter = "`t" }
    ) {
        Set-Content TestDrive:/a.csv ('x', 'y,z' -join $delimiter), ('1', '2,3' -join $delimiter)
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Delimiter $delimiter
        (Get-RedisTrainingData a).'y,z' | Should -BeExactly '2,3'
    }

    It 'names columns by -Header, passes over lines that start with -Comment, and reads numbers by -Culture' {
        Set-Content TestDrive:/a.csv '# made by hand', '1.234,5;a', '# the end', '2,5;b'
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Header amount, kind -Comment '#' -Culture de-DE -Delimiter ';'
        $rows = Get-RedisTrainingData a
        $rows.amount | Should -Be 1234.5, 2.5
        $rows.kind | Should -Be 'a', 'b'
    }

    It 'reads text in -Encoding <name>' -ForEach @{ name = 'latin1' }, @{ name = 'utf-16' } {
        [IO.File]::WriteAllText("$TestDrive/a.csv", "x`ngrün`n", [Text.Encoding]::GetEncoding($name))
        $null = Import-RedisTrainingData "$TestDrive/a.csv" -Dataset a -Encoding $name
        (Get-RedisTrainingData a).x | Should -BeExactly 'grün'
        { Import-RedisTrainingData "$TestDrive/a.csv" -Dataset b -Encoding klingon } | Should -Throw -ErrorId 'UnknownEncoding,*'
    }

    It 'compresses with -Compression <_>' -ForEach 'None', 'Lz4', 'Zstd' {
        Set-Content TestDrive:/a.csv ('x,y', (1..5000 | ForEach-Object { "$($_ % 3),same" }) | ForEach-Object { $_ })
        $result = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Compression $_
        "$((Get-RedisDataset a).Compression)" | Should -Be $_
        $result.CompressionRatio -gt 1.5 | Should -Be ($_ -ne 'None')
        (Get-RedisTrainingData a -Skip 4999).x | Should -Be 2
    }

    It 'leaves bad rows out with -BadRow Skip, up to -MaxBadRow' {
        Set-Content TestDrive:/a.csv 'x', '1', 'oops', '2', 'no'
        $arguments = @{ Schema = @{ x = 'Int64' }; BadRow = 'Skip'; WarningAction = 'SilentlyContinue' }
        { Import-RedisTrainingData TestDrive:/a.csv -Dataset a -MaxBadRow 1 @arguments } | Should -Throw "*line 5*'no'*" -ErrorId 'TooManyBadRows,*'
        $result = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -MaxBadRow 2 @arguments
        $result.RowsRead, $result.RowsWritten, $result.RowsRejected | Should -Be 4, 2, 2
        $result.RejectPath | Should -BeNullOrEmpty
    }

    It 'reads values as the dataset''s types with -SchemaChange Coerce' {
        Set-Content TestDrive:/a.csv 'x', '1'
        Set-Content TestDrive:/b.csv 'x', '2.0'
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
        { Import-RedisTrainingData TestDrive:/b.csv -Dataset a -Append } | Should -Throw -ErrorId 'SchemaMismatch,*'
        { Import-RedisTrainingData TestDrive:/b.csv -Dataset a -Append -SchemaChange Coerce } | Should -Throw -ErrorId 'BadRow,*'
        Set-Content TestDrive:/b.csv 'x', '1.5'
        $null = Import-RedisTrainingData TestDrive:/b.csv -Dataset b
        (Import-RedisTrainingData TestDrive:/a.csv -Dataset b -Append -SchemaChange Coerce).RowsWritten | Should -Be 1
        (Get-RedisTrainingData b).x | Should -Be 1.5, 1
    }

    It 'lays rows out as -Layout says, and lets them go after -TimeToLive' {
        Set-Content TestDrive:/a.csv 'x', '1', '2'
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Layout Hash -TimeToLive 1:00:00
        "$((Get-RedisDataset a).Layout)" | Should -Be 'Hash'
        (Get-RedisTrainingData a).x | Should -Be 1, 2
        $deadline = [datetime]::Now.AddSeconds(120)
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset brief -Layout Hash -TimeToLive 0:00:03
        while ((Get-RedisTrainingData brief) -and [datetime]::Now -lt $deadline) { Start-Sleep -Milliseconds 20 }
        Get-RedisTrainingData brief | Should -BeNullOrEmpty
        (Get-RedisTrainingData a).x | Should -Be 1, 2
        { Import-RedisTrainingData TestDrive:/a.csv -Dataset b -Layout Stream } | Should -Throw -ErrorId 'StreamsUnsupported,*'
        { Import-RedisTrainingData TestDrive:/a.csv -Dataset b -Layout Columnar -TimeToLive 1:00 } | Should -Throw -ErrorId 'KeyNeedsHash,*'
    }

    It 'keeps as many versions as -KeepVersion says' {
        foreach ($i in 1..3) {
            Set-Content TestDrive:/a.csv 'x', $i
            $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Force -KeepVersion 3
        }
        1..3 | ForEach-Object { (Get-RedisTrainingData a -Version $_).x } | Should -Be 1, 2, 3
        { Import-RedisTrainingData TestDrive:/a.csv -Dataset a -KeepVersion 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'imports over the -Connection given' {
        Set-Content TestDrive:/a.csv 'x', '1'
        $other = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
        $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
        $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Connection $other
        Get-RedisDataset | Should -BeNullOrEmpty
        (Get-RedisDataset -Connection $other).Name | Should -Be 'a'
    }

    It 'completes <line>' -ForEach @(
        @{ line = 'Import-RedisTrainingData a.csv -Encoding lat'; expected = 'latin1' }
        @{ line = 'Import-RedisTrainingData a.csv -Culture de-D'; expected = 'de-DE' }
        @{ line = 'Import-RedisTrainingData a.csv -Delimiter '; expected = '"`t"' }
        @{ line = 'Import-RedisTrainingData a.csv -Schema Date'; expected = "@{ column = 'Date32' }" }
        @{ line = 'Import-RedisTrainingData a.csv -Schema ap'; expected = 'apples' }
        @{ line = 'Import-RedisTrainingData a.csv -Dataset apples -Label we'; expected = 'weight' }
        @{ line = 'Import-RedisTrainingData a.csv -BadRow Q'; expected = 'Quarantine' }
        @{ line = 'Import-RedisTrainingData a.csv -Compression Z'; expected = 'Zstd' }
    ) {
        $null = [pscustomobject]@{ weight = 1 } | Import-RedisTrainingData -Dataset apples
        (TabExpansion2 $line).CompletionMatches.CompletionText | Should -Contain $expected
    }

    It 'waits for no replicas where there can be none, and publishes nothing' {
        Set-Content TestDrive:/a.csv "x`n1"
        { Import-RedisTrainingData TestDrive:/a.csv -Dataset r -ReplicaCount 1 -ErrorAction Stop } | Should -Throw -ErrorId 'ReplicasUnsupported*'
        Get-RedisDataset r* | Should -BeNullOrEmpty
    }

    It 'starts with -Resume where nothing broke off' {
        Set-Content TestDrive:/a.csv "x`n1"
        (Import-RedisTrainingData TestDrive:/a.csv -Dataset a -Resume).RowsWritten | Should -Be 1
    }
}
