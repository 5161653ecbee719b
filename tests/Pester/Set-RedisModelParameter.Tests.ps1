#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Set-RedisModelParameter' {
    It 'sets a <Kind> that comes back as it was' -TestCases @(
        @{ Kind = 'integer'; Value = 3; Type = 'long' }
        @{ Kind = 'double'; Value = 2.0; Type = 'double' }
        @{ Kind = 'text'; Value = 'relu'; Type = 'string' }
        @{ Kind = 'boolean'; Value = $true; Type = 'bool' }
        @{ Kind = 'vector'; Value = 0.5, 1.5; Type = 'double[]' }
        @{ Kind = 'float vector'; Value = [float[]](1, 2); Type = 'float[]' }
        @{ Kind = 'matrix'; Value = @(1, 2, 3), @(4, 5, 6); Type = 'long[][]' }
    ) {
        Set-RedisModelParameter kinds p $Value
        $read = (Get-RedisModelParameter kinds p).Value
        , $read | Should -BeOfType $Type
        ConvertTo-Json $read -Compress | Should -Be (ConvertTo-Json $Value -Compress)
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

    It 'refuses <What>' -TestCases @(
        @{ What = 'rows of different length'; Name = 'p'; Value = @(1, 2), @(3); ErrorId = 'RaggedParameterValue' }
        @{ What = 'an object'; Name = 'p'; Value = [pscustomobject]@{ a = 1 }; ErrorId = 'InvalidParameterValue' }
        @{ What = 'a reserved name'; Name = '@definition'; Value = 1; ErrorId = 'InvalidParameterName' }
    ) {
        { Set-RedisModelParameter refused $Name $Value -ErrorAction Stop } |
            Should -Throw -ErrorId "$ErrorId,RedisML.PowerShell.Models.SetRedisModelParameterCommand"
        Get-RedisModel refus* | Should -BeNullOrEmpty
    }
}
