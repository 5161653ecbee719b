#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Add-RedisTrainingSample' {
    It 'takes objects and dictionaries, and what can''t be learned is put aside' {
        1..60 | ForEach-Object { @{ x = $_; y = $_ % 2 -eq 0 } } | Add-RedisTrainingSample -List both
        [pscustomobject]@{ x = [double]::NaN; y = $true }, [pscustomobject]@{ x = 1 }, [pscustomobject]@{ z = 1; y = $true } |
            Add-RedisTrainingSample -List both
        [pscustomobject]@{ x = $null; y = $true } | Add-RedisTrainingSample -List both
        $training = Start-RedisOnlineTraining odd -List both -Algorithm Logistic -Label y -Once -Wait
        $training.Samples, $training.Rejected | Should -Be 61, 3
        (Get-RedisOnlineTraining odd -Rejected | ConvertFrom-Json).reason |
            Should -Be "'x' is missing", "the label 'y' is missing", "'NaN' in 'x' is no Float64"
    }

    It 'refuses a sample without a field, goes on, and adds nothing with WhatIf' {
        @{}, @{ x = 1; y = 2 } | Add-RedisTrainingSample -List few -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be 'EmptySample,RedisML.PowerShell.Online.AddRedisTrainingSampleCommand'
        @{ x = 1; y = 2 } | Add-RedisTrainingSample -List few -WhatIf
        (Start-RedisOnlineTraining few -List few -Algorithm Linear -Label y -Once -Wait).Samples | Should -Be 1
        { @{ x = 1 } | Add-RedisTrainingSample -List 'a b' } | Should -Throw -ErrorId 'InvalidName,*'
    }
}
