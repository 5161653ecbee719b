#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    Set-RedisModelParameter first -Parameter @{ weight = @(0.5, 1), @(2, 3); bias = 0.25 }
    Set-RedisModelParameter second -Parameter @{ weight = 7 }
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Get-RedisModelParameter' {
    It 'returns model, name, value and shape of each' {
        $bias, $weight = Get-RedisModelParameter first
        $bias.Model, $bias.Name, $bias.Value | Should -Be 'first', 'bias', 0.25
        $bias.Shape | Should -BeNullOrEmpty
        $weight.Value[1][0] | Should -Be 2
        $weight.Shape | Should -Be 2, 2
    }

    It 'takes wildcards for models and names' {
        (Get-RedisModelParameter * w*).Model | Should -Be 'first', 'second'
        Get-RedisModelParameter first zzz* | Should -BeNullOrEmpty
        Get-RedisModelParameter zzz* | Should -BeNullOrEmpty
    }

    It 'takes a name as it stands, too, where it has the signs of a wildcard' {
        Set-RedisModelParameter layers -Parameter @{ 'layer[0]' = 1; 'layer[1]' = 2; bias = 3 }
        (Get-RedisModelParameter layers layer*).Name | Should -Be 'layer[0]', 'layer[1]'
        (Get-RedisModelParameter layers 'layer[1]').Value | Should -Be 2
        Get-RedisModelParameter layers layer* | Remove-RedisModelParameter
        (Get-RedisModelParameter lay*).Name | Should -Be 'bias'
        Remove-RedisModel layers
    }

    It 'takes names and models from the pipeline' {
        ('first', 'second' | Get-RedisModelParameter -Name weight).Count | Should -Be 2
        (Get-RedisModel second | Get-RedisModelParameter).Value | Should -Be 7
    }

    It 'shows a table' {
        Get-RedisModelParameter first | Out-String | Should -Match 'weight\s+2 × 2\s+0.5, 1, 2, 3'
    }

    It 'names the nearest where <What> is unknown' -TestCases @(
        @{ What = 'a model'; Model = 'frist'; Name = '*'; ErrorId = 'ModelNotFound'; Hint = 'first' }
        @{ What = 'a parameter'; Model = 'first'; Name = 'wieght'; ErrorId = 'ParameterNotFound'; Hint = 'weight' }
    ) {
        { Get-RedisModelParameter $Model $Name -ErrorAction Stop } |
            Should -Throw "*Did you mean '$Hint'?" -ErrorId "$ErrorId,RedisML.PowerShell.Models.GetRedisModelParameterCommand"
    }

    It 'completes model and parameter names' {
        (TabExpansion2 'Get-RedisModelParameter fi').CompletionMatches.CompletionText | Should -Be 'first'
        (TabExpansion2 'Get-RedisModelParameter first w').CompletionMatches.CompletionText | Should -Be 'weight'
        Set-RedisModelParameter words 'learning rate' 1
        (TabExpansion2 'Get-RedisModelParameter -Model words -Name ').CompletionMatches.CompletionText | Should -Be "'learning rate'"
        (TabExpansion2 'Get-RedisModelParameter no-such-model w').CompletionMatches | Should -BeNullOrEmpty
        Remove-RedisModel words
    }
}
