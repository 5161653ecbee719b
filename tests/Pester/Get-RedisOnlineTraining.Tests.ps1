#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

# What it shows of trainings is tried with Start-RedisOnlineTraining.
Describe 'Get-RedisOnlineTraining' {
    It 'names the nearest training where one is unknown, and passes over a pattern without a match' {
        { Get-RedisOnlineTraining price -ErrorAction Stop } |
            Should -Throw -ErrorId 'OnlineTrainingNotFound,RedisML.PowerShell.Online.GetRedisOnlineTrainingCommand'
        Get-RedisOnlineTraining p* | Should -BeNullOrEmpty
    }
}
