BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML" -Force
    $null = Connect-RedisML -Embedded -Prefix "pester-$([guid]::NewGuid().ToString('n'))"
    'n,m,t', (1..60 | ForEach-Object { "$($_ % 5),$($_ * 1000),$('a<b', 'c' | Select-Object -Index ($_ % 2))" }) | ForEach-Object { $_ } | Set-Content TestDrive:/a.csv
    $null = Import-RedisTrainingData TestDrive:/a.csv -Dataset a
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Show-RedisDataset' {
    It 'draws bars in the terminal' {
        $lines = Show-RedisDataset a
        $lines[0] | Should -Be 'n (Int64): 60 values, 0 missing, 5 different'
        $lines[1..5] | Should -Match '^[0-4] \u2588{28} 12 '
        $lines | Should -Contain 't (Utf8): 60 values, 0 missing, 2 different'
        $lines.Length | Should -BeLessOrEqual 80
    }

    It 'makes a page with tables, distributions and correlations' {
        Get-RedisDataset a | Show-RedisDataset -Path TestDrive:/a.html -WhatIf
        'TestDrive:/a.html' | Should -Not -Exist
        $file = Get-RedisDataset a | Show-RedisDataset -Path TestDrive:/a.html
        $page = Get-Content $file -Raw
        foreach ($part in '<h2>Columns</h2>', '<h2>Distributions</h2>', '<h2>Correlations</h2>', 'a&lt;b', '20 k') { $page | Should -Match $part }
        $page | Should -Not -Match 'a<b|<script|https?://(?!www\.w3\.org/2000/svg)'
        { Show-RedisDataset a -Path TestDrive:/a.html } | Should -Throw -ErrorId 'FileExists,*'
        (Show-RedisDataset a -Column t -Path TestDrive:/a.html -Force | Get-Content -Raw) | Should -Not -Match 'Correlations'
    }

    It 'makes a picture: <kind>' -ForEach @(
        @{ kind = 'svg'; start = '<svg' }
        @{ kind = 'png'; start = [char]0x89 + 'PNG' }
    ) {
        $file = Show-RedisDataset a -Path "TestDrive:/a.$kind"
        [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($file.FullName)) | Should -BeLike "$start*"
    }

    It 'refuses <arguments> with <id>' -ForEach @(
        @{ arguments = 'a -Path x.gif'; id = 'UnknownChartFormat' }
        @{ arguments = 'a -Column nn'; id = 'ColumnNotFound' }
        @{ arguments = 'b'; id = 'DatasetNotFound' }
    ) {
        { & ([scriptblock]::Create("Show-RedisDataset $arguments")) } | Should -Throw -ErrorId "$id,*"
    }
}
