#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

# Stopping one that runs is tried with Start-RedisOnlineTraining.
Describe 'Stop-RedisOnlineTraining' {
    It 'says where there is none, and leaves one alone that has ended' {
        { Stop-RedisOnlineTraining price -ErrorAction Stop } | Should -Throw -ErrorId 'OnlineTrainingNotFound,*'
        @{ x = 1; y = 2 } | Add-RedisTrainingSample -List one
        $null = Start-RedisOnlineTraining one -List one -Algorithm Linear -Label y -Once -Wait
        Stop-RedisOnlineTraining one | Should -BeNullOrEmpty
        (Get-RedisOnlineTraining one).Samples | Should -Be 1
    }
}
