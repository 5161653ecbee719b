#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
}

AfterAll {
    Disconnect-RedisML
}

# What it does with services that run is tried with Start-RedisPredictionService.
Describe 'Stop-RedisPredictionService' {
    It 'names the nearest service where one is unknown, and passes over a pattern without a match' {
        { Stop-RedisPredictionService price -ErrorAction Stop } |
            Should -Throw -ErrorId 'ServiceNotFound,RedisML.PowerShell.Serving.StopRedisPredictionServiceCommand'
        Stop-RedisPredictionService p* | Should -BeNullOrEmpty
    }
}
