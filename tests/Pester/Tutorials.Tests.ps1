# What the tutorials show runs, block after block, and comes to what they say.

BeforeDiscovery {
    $tutorials = Get-ChildItem "$PSScriptRoot/../../docs/tutorials/*.md" | ForEach-Object { @{ Name = $_.BaseName; Path = $_.FullName } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
}

Describe 'Tutorials' {
    AfterEach {
        Pop-Location
        if (Get-RedisMLConnection) { Disconnect-RedisML }
    }

    It 'runs <Name>' -ForEach $tutorials {
        $blocks = [regex]::Matches((Get-Content -Raw $Path), '(?s)```powershell\r?\n(.*?)```').ForEach{ $_.Groups[1].Value }
        $blocks.Count | Should -BeGreaterThan 3
        $folder = New-Item "$TestDrive/$Name" -ItemType Directory
        Push-Location $folder
        $script = ($blocks -join "`n").Replace('./samples', "$root/samples").Replace('Connect-RedisML -Embedded', "Connect-RedisML -Embedded -Prefix tutorial-$Name")
        $output = & ([scriptblock]::Create("`$ErrorActionPreference = 'Stop'`n$script")) 4>$null 6>$null
        $output | Should -Not -BeNullOrEmpty
        switch ($Name) {
            analyst {
                ($output | Where-Object R2 | Select-Object -First 1).R2 | Should -BeGreaterThan 0.9
                $folder.GetFiles().Name | Sort-Object | Should -Be 'columns.csv', 'plain.onnx'
            }
            nightly-job { ($output | Where-Object Alias).Alias | Should -Be champion }
            pipeline {
                $output | Where-Object { $_ -is [string] } | Should -Match 'Rmse is .*may be 10 at most|at most 10'
                (Get-Content -Raw "$folder/model.json" | ConvertFrom-Json).Aliases | Should -Be champion
            }
        }
    }

    It 'leads nowhere but to files that there are' {
        foreach ($page in Get-ChildItem "$root/docs/tutorials/*.md") {
            foreach ($link in [regex]::Matches((Get-Content -Raw $page), '\]\(([^)#]+)\)').ForEach{ $_.Groups[1].Value }) {
                Join-Path $page.DirectoryName $link | Should -Exist
            }
        }
    }
}
