#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Remove-RedisOnlineTraining' {
    It 'removes what was learned, and neither samples nor versions' {
        1..3 | ForEach-Object { @{ x = $_; y = 2 * $_ } } | Add-RedisTrainingSample -List one
        $null = Start-RedisOnlineTraining one -List one -Algorithm Linear -Label y -Once -Wait
        4..5 | ForEach-Object { @{ x = $_; y = 2 * $_ } } | Add-RedisTrainingSample -List one
        Remove-RedisOnlineTraining one -WhatIf
        (Get-RedisOnlineTraining one).Samples | Should -Be 3
        Remove-RedisOnlineTraining one
        Get-RedisOnlineTraining o* | Should -BeNullOrEmpty
        (Get-RedisModel one).Version | Should -Be 1
        (Start-RedisOnlineTraining one -List one -Algorithm Linear -Label y -Once -Wait).Samples | Should -Be 2
        { Remove-RedisOnlineTraining two -ErrorAction Stop } | Should -Throw -ErrorId 'OnlineTrainingNotFound,*'
    }
}
