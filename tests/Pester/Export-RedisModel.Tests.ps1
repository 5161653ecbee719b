#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    1..50 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_ + 1 } } | Export-Csv "$TestDrive/line.csv"
    $null = Import-RedisTrainingData "$TestDrive/line.csv" -Dataset line -Label y
    $null = Start-RedisDistributedTraining -Dataset line -Model trained -Algorithm Linear -WorkerCount 1 -Wait
    Set-RedisModelParameter handmade w (1, 2)
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Export-RedisModel' {
    It 'writes <Extension> and returns the file' -TestCases @(
        @{ Extension = 'onnx' }
        @{ Extension = 'safetensors' }
        @{ Extension = 'json' }
        @{ Extension = 'html' }
    ) {
        $file = Export-RedisModel trained "$TestDrive/trained.$Extension"
        $file | Should -BeOfType System.IO.FileInfo
        $file.FullName | Should -Exist
        $file.Length | Should -BeGreaterThan 100
    }

    It 'writes JSON that says everything' {
        $json = Get-Content (Export-RedisModel handmade "$TestDrive/handmade.json") -Raw | ConvertFrom-Json
        $json.parameters.w.value | Should -Be 1, 2
        $json.name | Should -Be 'handmade'
    }

    It 'writes a page about a model, with its figures and the curve of its training' {
        $null = Test-RedisModel trained line
        $page = Get-Content (Export-RedisModel trained "$TestDrive/card.htm" -Format Card) -Raw
        $page | Should -Match '<h1>trained, version 1</h1>'
        $page | Should -Match '<th scope="col">R2</th>'
        $page | Should -Match 'weight\[0\]'
    }

    It 'replaces a file only by -Force' {
        $path = Join-Path $TestDrive kept.json
        Set-Content $path 'mine'
        { Export-RedisModel trained $path -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,RedisML.PowerShell.Models.ExportRedisModelCommand'
        Get-Content $path | Should -Be 'mine'
        $null = Export-RedisModel trained $path -Force
        Get-Content $path -Raw | Should -Match 'redisml-model'
    }

    It 'writes the -Format given, whatever the name of the file' {
        $null = Export-RedisModel handmade "$TestDrive/odd.json" -Format Safetensors
        $null = Export-RedisModel handmade "$TestDrive/usual.safetensors"
        (Get-FileHash "$TestDrive/odd.json").Hash | Should -Be (Get-FileHash "$TestDrive/usual.safetensors").Hash
    }

    It 'leaves no file of its own where it fails' {
        $null = New-Item "$TestDrive/place/taken.json" -ItemType Directory
        { Export-RedisModel handmade "$TestDrive/place/taken.json" -Force -ErrorAction Stop } | Should -Throw -ErrorId 'PathIsDirectory,*'
        (Get-ChildItem "$TestDrive/place").Name | Should -Be 'taken.json'
    }

    It 'takes models from the pipeline' {
        (Get-RedisModel | Export-RedisModel -Path { "$TestDrive/all-$($_.Name).json" }).Name | Should -Be 'all-handmade.json', 'all-trained.json'
    }

    It 'resolves a path relative to the location' {
        Push-Location $TestDrive
        try { (Export-RedisModel trained relative.json).FullName | Should -Be (Join-Path $TestDrive relative.json) }
        finally { Pop-Location }
    }

    It 'writes nothing with -WhatIf' {
        Export-RedisModel trained "$TestDrive/unwritten.json" -WhatIf
        "$TestDrive/unwritten.json" | Should -Not -Exist
    }

    It 'fails clearly on <What>' -TestCases @(
        @{ What = 'an unknown model'; Name = 'tarined'; File = 'x.json'; ErrorId = 'ModelNotFound'; Message = "There is no model 'tarined'*" }
        @{ What = 'a model without definition, as ONNX'; Name = 'handmade'; File = 'x.onnx'; ErrorId = 'ModelNotTrained'; Message = "Model 'handmade' was set by hand*" }
        @{ What = 'an unknown extension'; Name = 'trained'; File = 'x.txt'; ErrorId = 'UnknownModelFormat'; Message = "'*x.txt' doesn't end in .onnx*" }
        @{ What = 'a missing directory'; Name = 'trained'; File = 'missing/x.json'; ErrorId = 'DirectoryNotFound'; Message = 'There is no directory*' }
    ) {
        { Export-RedisModel $Name "$TestDrive/$File" -ErrorAction Stop } |
            Should -Throw $Message -ErrorId "$ErrorId,RedisML.PowerShell.Models.ExportRedisModelCommand"
        "$TestDrive/$File" | Should -Not -Exist
    }
}
