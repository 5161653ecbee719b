#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Add-RedisLanguageModelText' {
    It 'learns texts from the pipeline, and makes a model that Get- and Remove-RedisModel know' {
        $update = 'to be', '', "half $([char] 0xD83D)", 'or not to be' | Add-RedisLanguageModelText m -WarningVariable warned -WarningAction Ignore
        $update.Texts, $update.Tokens, $update.Rejected | Should -Be 2, 8, 1
        $warned | Should -Match '1 texts were left out'
        $model = Get-RedisModel m
        $model.Algorithm, $model.Definition.Task, $model.Description | Should -Be 'KneserNey', 'NextToken', 'Language model: words, order 3'
        Remove-RedisModel m
        { Get-RedisNextToken m } | Should -Throw -ErrorId 'ModelNotFound,RedisML.PowerShell.Language.GetRedisNextTokenCommand'
    }

    It 'learns a source once' {
        $text = 1..3000 | ForEach-Object { "line $_ of many" }
        ($text | Add-RedisLanguageModelText once -Source file).Tokens | Should -Be 15000
        $again = $text + 'one more' | Add-RedisLanguageModelText once -Source file
        $again.Skipped, $again.Tokens | Should -Be 15000, 3
    }

    It 'keeps to its options and its budget' {
        $update = 'abcdefghij' * 20 | Add-RedisLanguageModelText small -Order 4 -Tokenizer Character -MaximumContext 5
        $update.Contexts | Should -Be 5
        $update.Evicted | Should -BeGreaterThan 10
        $command = 'RedisML.PowerShell.Language.AddRedisLanguageModelTextCommand'
        { Add-RedisLanguageModelText small x -Order 5 } | Should -Throw -ErrorId "LanguageModelOptionMismatch,$command"
        $null = Set-RedisModelParameter byhand w 1
        { Add-RedisLanguageModelText byhand x } | Should -Throw -ErrorId "NotALanguageModel,$command"
        { Add-RedisLanguageModelText 'no name' x } | Should -Throw -ErrorId "InvalidName,$command"
    }

    It 'makes a model that has a card, and whose counts no other file would hold' {
        $null = 'to be' | Add-RedisLanguageModelText shown
        Get-Content (Export-RedisModel shown "$TestDrive/shown.html") -Raw | Should -Not -Match 'RedisModelParameter'
        Get-RedisModel shown | Format-List | Out-String | Should -Not -Match 'version 0'
        foreach ($extension in 'json', 'safetensors', 'onnx') {
            { Export-RedisModel shown "$TestDrive/shown.$extension" } |
                Should -Throw -ErrorId 'UnknownModelFormat,RedisML.PowerShell.Models.ExportRedisModelCommand'
        }
    }

    It 'changes nothing with -WhatIf' {
        'text' | Add-RedisLanguageModelText absent -WhatIf | Should -BeNullOrEmpty
        Get-RedisModel absent* | Should -BeNullOrEmpty
    }
}
