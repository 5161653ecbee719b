#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    $null = Add-RedisLanguageModelText m 'a b', 'a b', 'a c'
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Measure-RedisLanguageModel' {
    It 'foresees what it knows better, and counts what it does not know' {
        $known = Measure-RedisLanguageModel m 'a b'
        $unknown = 'a b', '', 'z' | Measure-RedisLanguageModel m
        $known.Texts, $known.Tokens, $known.UnknownTokens | Should -Be 1, 3, 0
        $unknown.Texts, $unknown.Tokens, $unknown.UnknownTokens | Should -Be 2, 5, 1
        $unknown.Perplexity | Should -BeGreaterThan $known.Perplexity
        $known.LogLoss | Should -Be ([math]::Log($known.Perplexity))
    }

    It 'says that there is no text' {
        { '', ' ' | Measure-RedisLanguageModel m } |
            Should -Throw -ErrorId 'NoText,RedisML.PowerShell.Language.MeasureRedisLanguageModelCommand'
    }
}
