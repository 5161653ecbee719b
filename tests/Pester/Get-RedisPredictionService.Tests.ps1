#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

# What it does with services that run is tried with Start-RedisPredictionService.
Describe 'Get-RedisPredictionService' {
    It 'names the nearest service where one is unknown, and passes over a pattern without a match' {
        { Get-RedisPredictionService price -ErrorAction Stop } |
            Should -Throw -ErrorId 'ServiceNotFound,RedisML.PowerShell.Serving.GetRedisPredictionServiceCommand'
        Get-RedisPredictionService p* | Should -BeNullOrEmpty
    }
}
