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

    It 'names each weight, with the coefficient in the unit of its column' {
        # y = 5 + 2x, and 3 more where c is b.
        $rows = 1..60 | ForEach-Object { $c = ('a', 'b', $null)[$_ % 3]; [pscustomobject]@{ x = $_ * $_; c = $c; y = 5 + 2 * $_ * $_ + 3 * ($c -eq 'b') } }
        $null = $rows | Import-RedisTrainingData -Dataset named
        $null = Start-RedisDistributedTraining named named -Algorithm Linear -Label y -L2 1e-9 -Missing Mean -Wait
        $weights = Get-RedisModelParameter named -Name weight -Expand
        $weights.Feature | Should -Be 'x', 'c', 'c', 'c'
        $weights.Level | Should -Be $null, 'a', 'b', $null
        $weights.IsMissing | Should -Be $false, $false, $false, $true
        $weights[0].RawValue | Should -BeGreaterThan 1.9999
        $weights[0].RawValue | Should -BeLessThan 2.0001
        $weights[0].Value | Should -BeGreaterThan 1000
        [math]::Abs($weights[2].RawValue - $weights[1].RawValue - 3) | Should -BeLessThan 1e-3
        $intercept = Get-RedisModelParameter named intercept -Expand
        [math]::Abs($intercept.RawValue + $weights[1].RawValue - 5) | Should -BeLessThan 1e-3
        $weights | Out-String -Width 80 | Should -Match 'c +\(missing\)'
    }

    It 'names the classes of a model with a score for each, and numbers what it does not know' {
        $null = Start-RedisDistributedTraining named kinds -Algorithm Softmax -Label c -Feature x -Wait
        $elements = Get-RedisModelParameter kinds -Expand
        $elements.Class | Should -Be 'a', 'b', 'a', 'b'
        $elements.Feature | Should -Be 'x', 'x', $null, $null
        $first = Get-RedisModelParameter first weight -Expand
        $first.Value | Should -Be 0.5, 1, 2, 3
        $first[2].Index | Should -Be 1, 0
        $first.Feature | Should -Be $null, $null, $null, $null
    }

    It 'takes apart what is numbers beside text, and says of text that it is none' {
        Set-RedisModelParameter mixed -Parameter @{ w = 1, 2; note = 'text' }
        (Get-RedisModelParameter mixed -Expand).Name | Should -Be 'w', 'w'
        { Get-RedisModelParameter mixed note -Expand -ErrorAction Stop } |
            Should -Throw -ErrorId 'ParameterNotNumeric,RedisML.PowerShell.Models.GetRedisModelParameterCommand'
        Remove-RedisModel mixed
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

    It 'reads a part of an array' {
        Set-RedisModelParameter sliced w ([long[, , ]]::new(400, 20, 30))
        Set-RedisModelParameter sliced m (, (1, 2, 3) + , (4, 5, 6))
        (Get-RedisModelParameter sliced w -Slice '399, 2:4').Shape | Should -Be 2, 30
        (Get-RedisModelParameter sliced m -Slice ':, -1').Value | Should -Be 3, 6
        (Get-RedisModelParameter sliced m -Slice '1, 0').Value | Should -Be 4
        { Get-RedisModelParameter sliced m -Slice '2' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidSlice,*'
        { Get-RedisModelParameter sliced m -Slice 'a' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidSlice,*'
    }

    It 'says that a language model has none' {
        'a b c' | Add-RedisLanguageModelText speech > $null
        Get-RedisModelParameter speech -WarningVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        $said | Should -BeLike "*'speech'*has no parameters*"
        Get-RedisModelParameter s* -Name zzz* -WarningVariable said | Should -BeNullOrEmpty
        $said | Should -BeNullOrEmpty
    }
}
