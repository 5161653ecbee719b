#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    function Get-Element($value) {
        if ($value -is [System.Collections.IEnumerable] -and $value -isnot [string]) { foreach ($element in $value) { Get-Element $element } }
        else { $value }
    }
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Set-RedisModelParameter' {
    It 'sets <expression>, which comes back as <type> of shape (<shape>), and goes on to another model' -ForEach @(
        @{ expression = '3'; type = [long]; shape = '' }
        @{ expression = '3.0'; type = [double]; shape = '' }
        @{ expression = '0.1d'; type = [double]; shape = '' }
        @{ expression = '$true'; type = [bool]; shape = '' }
        @{ expression = "'relu'"; type = [string]; shape = '' }
        @{ expression = '1, 2, 3'; type = [long[]]; shape = '3' }
        @{ expression = '1, 2.5'; type = [double[]]; shape = '2' }
        @{ expression = '1, 2.5d'; type = [double[]]; shape = '2' }
        @{ expression = '[float[]](1, 2)'; type = [float[]]; shape = '2' }
        @{ expression = '[int[]](1, 2)'; type = [int[]]; shape = '2' }
        @{ expression = '[byte[]](1, 2)'; type = [byte[]]; shape = '2' }
        @{ expression = '$true, $false'; type = [bool[]]; shape = '2' }
        @{ expression = ', 1'; type = [long[]]; shape = '1' }
        @{ expression = '@()'; type = [double[]]; shape = '0' }
        @{ expression = '@(1, 2, 3), @(4, 5, 6.5)'; type = [double[][]]; shape = '2,3' }
        @{ expression = '@(1, 2), @(3, 4)'; type = [long[][]]; shape = '2,2' }
        @{ expression = '[float[]](1, 2), [float[]](3, 4)'; type = [float[][]]; shape = '2,2' }
        @{ expression = ', @(@(@(1, 2), @(3, 4)))'; type = [long[][][]]; shape = '1,2,2' }
        @{ expression = '[double[,]]::new(2, 3)'; type = [double[][]]; shape = '2,3' }
        @{ expression = '[System.Collections.Generic.List[double]](1, 2)'; type = [double[]]; shape = '2' }
        @{ expression = '[decimal[]](1, 2)'; type = [double[]]; shape = '2' }
        @{ expression = '1..3 | ForEach-Object { $_ * 0.5 }'; type = [double[]]; shape = '3' }
    ) {
        . ([scriptblock]::Create("`$value = $expression"))
        Set-RedisModelParameter kinds p $value
        $read = Get-RedisModelParameter kinds p
        $read.Model, $read.Name | Should -Be 'kinds', 'p'
        $read.Value.GetType() | Should -Be $type
        $read.Shape -join ',' | Should -Be $shape
        # Numbers of all elements, in order: what an array of two dimensions yields too.
        "$(Get-Element $read.Value)" | Should -BeExactly "$(Get-Element $value)"
        $copy = Get-RedisModelParameter kinds | Set-RedisModelParameter -Model copy -PassThru
        ConvertTo-Json $copy.Value -Compress -Depth 9 | Should -BeExactly (ConvertTo-Json $read.Value -Compress -Depth 9)
        $copy.Shape -join ',' | Should -Be $shape
    }

    It 'sets a hashtable, silently, and returns what it set with -PassThru' {
        Set-RedisModelParameter table -Parameter @{ a = 1; b = 2, 3 } | Should -BeNullOrEmpty
        $set = Set-RedisModelParameter table -Parameter @{ w = @(1.5, 2), @(3, 4) } -PassThru
        $set.Model | Should -Be 'table'
        $set.Name | Should -Be 'w'
        $set.Shape | Should -Be 2, 2
        (Get-RedisModelParameter table).Name | Should -Be 'a', 'b', 'w'
    }

    It 'takes a hashtable, or parameters of another model, from the pipeline' {
        @{ a = 1; b = 2 } | Set-RedisModelParameter source
        Get-RedisModelParameter source | Set-RedisModelParameter -Model target
        (Get-RedisModelParameter target).Value | Should -Be 1, 2
    }

    It 'writes nothing with -WhatIf' {
        Set-RedisModelParameter unwritten w 1 -WhatIf
        Get-RedisModel unwritt* | Should -BeNullOrEmpty
    }

    It 'refuses <what>, and writes nothing beside it' -ForEach @(
        @{
            what = 'rows of different length'; value = @(1, 2), @(3); id = 'RaggedParameterValue'
            message = "The rows of parameter 'p' differ: row 1, counted from 0, has 1 element, and row 0 has 2 elements."
        }
        @{ what = 'rows beside numbers'; value = 1, @(2, 3); id = 'InvalidParameterValue'; message = "Parameter 'p' can't hold*" }
        @{ what = 'texts'; value = 'a', 'b'; id = 'InvalidParameterValue'; message = "Parameter 'p' can't hold a String*" }
        @{ what = 'null'; value = 1, $null; id = 'InvalidParameterValue'; message = "Parameter 'p' can't hold null*" }
        @{ what = 'a hashtable'; value = @{ a = 1 }; id = 'InvalidParameterValue'; message = "Parameter 'p' can't hold a Hashtable*" }
        @{
            what = 'an object'; value = [pscustomobject]@{ a = 1 }; id = 'InvalidParameterValue'
            message = "Parameter 'p' can't hold a PSCustomObject*"
        }
        @{ what = 'a time'; value = [datetime]::Now; id = 'InvalidParameterValue'; message = "Parameter 'p' can't hold a DateTime*" }
    ) {
        $failure = { Set-RedisModelParameter refused -Parameter ([ordered]@{ good = 1; p = $value }) -ErrorAction Stop } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be "$id,RedisML.PowerShell.Models.SetRedisModelParameterCommand"
        $failure.TargetObject | Should -Be 'p'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike $message
        Get-RedisModel refus* | Should -BeNullOrEmpty
    }

    It 'refuses <model> and <name> as names' -ForEach @(
        @{ model = 'refused'; name = '@definition'; id = 'InvalidParameterName'; message = "'@definition' can't name a parameter*" }
        @{ model = 're fused'; name = 'p'; id = 'InvalidName'; message = "'re fused' can't name a model*" }
    ) {
        { Set-RedisModelParameter $model $name 1 -ErrorAction Stop } |
            Should -Throw $message -ErrorId "$id,RedisML.PowerShell.Models.SetRedisModelParameterCommand"
        Get-RedisModel re* | Should -BeNullOrEmpty
    }

    It 'adds to what is there' {
        1..3 | ForEach-Object { Set-RedisModelParameter sums -Parameter @{ rows = 10; sum = (1.5, 2.5) } -Add }
        (Get-RedisModelParameter sums rows).Value | Should -Be 30
        (Get-RedisModelParameter sums sum).Value | Should -Be 4.5, 7.5
        { Set-RedisModelParameter sums sum 1 -Add -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterShapeMismatch,*'
    }

    It 'changes a certain version alone, into one of its own' {
        Set-RedisModelParameter guarded w 1 -IfVersion 0
        Set-RedisModelParameter guarded w 2 -IfVersion 1
        { Set-RedisModelParameter guarded w 3 -IfVersion 1 -ErrorAction Stop } | Should -Throw -ErrorId 'ModelVersionConflict,*'
        Get-RedisModelParameter guarded@1, guarded@2 w | ForEach-Object Value | Should -Be 1, 2
    }

    It 'stores fewer bits, and says what they cost' {
        $values = [float[]](0..255 | ForEach-Object { $_ / 100 })
        $small = Set-RedisModelParameter small w $values -Precision Int8 -Compression Zstandard -PassThru
        $small.MaximumError | Should -BeGreaterThan 0
        $small.MaximumError | Should -BeLessThan 0.0051
        , $small.Value | Should -BeOfType ([float[]])
        , (Set-RedisModelParameter small w $values -Precision Half -PassThru).Value | Should -BeOfType ([Half[]])
        { Set-RedisModelParameter small w (1, 2) -Precision Half -ErrorAction Stop } | Should -Throw -ErrorId 'PrecisionNotPossible,*'
    }

    It 'lets parameters go after -TimeToLive' {
        Set-RedisModelParameter brief w 1 -TimeToLive 0:0:0.2
        $limit = [datetime]::Now.AddSeconds(60)
        while ((Get-RedisModelParameter brief *) -and [datetime]::Now -lt $limit) { Start-Sleep -Milliseconds 20 }
        Get-RedisModelParameter brief * | Should -BeNullOrEmpty
        { Set-RedisModelParameter brief w 1 -TimeToLive 0 -ErrorAction Stop } | Should -Throw -ErrorId 'OptionInvalid,*'
    }

    It 'completes names' {
        Set-RedisModelParameter price weight 1
        (TabExpansion2 'Set-RedisModelParameter price we').CompletionMatches.CompletionText | Should -Be 'weight'
    }
}
