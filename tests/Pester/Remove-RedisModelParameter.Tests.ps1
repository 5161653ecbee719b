#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Remove-RedisModelParameter' {
    BeforeEach {
        Set-RedisModelParameter model -Parameter @{ weight = 1; old1 = 2; old2 = 3 }
    }

    It 'removes by name and wildcard' {
        Remove-RedisModelParameter model old1
        (Get-RedisModelParameter model).Name | Should -Be 'old2', 'weight'
        Remove-RedisModelParameter model old*, weight
        Get-RedisModelParameter model | Should -BeNullOrEmpty
    }

    It 'removes what comes through the pipeline' {
        Get-RedisModelParameter model old* | Remove-RedisModelParameter
        (Get-RedisModelParameter model).Name | Should -Be 'weight'
    }

    It 'removes nothing with -WhatIf' {
        Remove-RedisModelParameter model * -WhatIf
        (Get-RedisModelParameter model).Count | Should -Be 3
    }

    It 'says what it does not find, unless by wildcard' {
        Remove-RedisModelParameter model zzz*
        { Remove-RedisModelParameter model wieght -ErrorAction Stop } |
            Should -Throw -ErrorId 'ParameterNotFound,RedisML.PowerShell.Models.RemoveRedisModelParameterCommand'
        { Remove-RedisModelParameter no-such-model weight -ErrorAction Stop } |
            Should -Throw -ErrorId 'ModelNotFound,RedisML.PowerShell.Models.RemoveRedisModelParameterCommand'
    }
}
