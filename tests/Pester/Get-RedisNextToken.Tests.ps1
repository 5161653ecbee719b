#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    $null = 'git status', 'git status', 'git stash', 'git push' | Add-RedisLanguageModelText commands
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Get-RedisNextToken' {
    It 'gets the most probable ones first, the end among them, and probabilities that add up' {
        $next = Get-RedisNextToken commands 'git'
        $next[0].Token | Should -Be 'status'
        (Get-RedisNextToken commands 'git status' -Count 1).IsEnd | Should -BeTrue
        $sum = (Get-RedisNextToken commands 'git' -Count 100 | Measure-Object Probability -Sum).Sum
        $sum | Should -BeGreaterThan 0.8
        $sum | Should -BeLessThan 1
    }

    It 'completes what was typed, from the pipeline, and by an alias' {
        (Get-RedisNextToken commands git -Prefix st).Token | Should -Be 'status', 'stash'
        $null = Publish-RedisModel commands -Alias live
        ('git', 'nothing' | Get-RedisNextToken commands@live -Count 1).Token | Should -HaveCount 2
    }

    It 'shows the end, and what cannot be seen' {
        $null = Add-RedisLanguageModelText letters "a b`tc" -Tokenizer Character -Order 2
        (Get-RedisNextToken letters a -Count 9).DisplayName | Should -Contain '(space)'
        Get-RedisNextToken letters c -Count 1 | Format-Table | Out-String | Should -Match '\(end\)'
    }

    It 'refuses a model of another kind' {
        $null = Set-RedisModelParameter byhand w 1
        { Get-RedisNextToken byhand x } | Should -Throw -ErrorId 'NotALanguageModel,RedisML.PowerShell.Language.GetRedisNextTokenCommand'
        { Get-RedisNextToken comands x } | Should -Throw 'There is no model*commands*'
    }
}
