#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Remove-RedisModel' {
    BeforeEach {
        'one', 'two', 'three' | ForEach-Object { Set-RedisModelParameter $_ w 1 }
    }

    It 'removes by name, silently' {
        Remove-RedisModel one | Should -BeNullOrEmpty
        (Get-RedisModel).Name | Should -Be 'three', 'two'
    }

    It 'removes by wildcard, and from the pipeline' {
        Remove-RedisModel t*
        (Get-RedisModel).Name | Should -Be 'one'
        Get-RedisModel | Remove-RedisModel
        Get-RedisModel | Should -BeNullOrEmpty
    }

    It 'takes names from the pipeline' {
        'one', 'two' | Remove-RedisModel
        (Get-RedisModel).Name | Should -Be 'three'
    }

    It 'removes nothing with -WhatIf' {
        Remove-RedisModel * -WhatIf
        (Get-RedisModel).Count | Should -Be 3
    }

    It 'says what it does not find, unless by wildcard, and removes the rest' {
        Remove-RedisModel zzz*
        Remove-RedisModel oen, two -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.FullyQualifiedErrorId | Should -Be 'ModelNotFound,RedisML.PowerShell.Models.RemoveRedisModelCommand'
        (Get-RedisModel).Name | Should -Be 'one', 'three'
    }

    It 'removes what an alias names only with -Force' {
        $null = Publish-RedisModel one -Alias champion
        { Remove-RedisModel one } | Should -Throw -ErrorId 'ModelAliased,RedisML.PowerShell.Models.RemoveRedisModelCommand'
        { Remove-RedisModel one@champion } | Should -Throw -ErrorId 'ModelAliased,RedisML.PowerShell.Models.RemoveRedisModelCommand'
        $two = "two@$((Get-RedisModel two).Version)"
        { Remove-RedisModel $two } | Should -Throw -ErrorId 'ModelVersionCurrent,RedisML.PowerShell.Models.RemoveRedisModelCommand'
        Remove-RedisModel one -Force
        Remove-RedisModel $two -Force
        (Get-RedisModel).Name | Should -Be 'three'
    }
}
