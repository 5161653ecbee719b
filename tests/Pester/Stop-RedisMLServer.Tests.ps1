BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
}

Describe 'Stop-RedisMLServer' {
    BeforeEach {
        $server = Start-RedisMLServer
    }

    AfterEach {
        $server | Stop-RedisMLServer
    }

    It 'stops a server from the pipeline' {
        $server | Stop-RedisMLServer | Should -BeNullOrEmpty
        Get-RedisMLServer | Should -Not -Contain $server
        { $server | Connect-RedisML } | Should -Throw -ErrorId 'ConnectionRefused,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
    }

    It 'stops several servers' {
        $servers = $server, (Start-RedisMLServer)
        Stop-RedisMLServer $servers
        Get-RedisMLServer | Where-Object { $_ -in $servers } | Should -BeNullOrEmpty
    }

    It 'closes the connections to the server' {
        $null = $server | Connect-RedisML
        $server | Stop-RedisMLServer
        Get-RedisMLConnection | Should -BeNullOrEmpty
        { Test-RedisMLConnection } | Should -Throw -ErrorId 'NotConnected,*'
    }

    It 'has nothing to do where the server has been stopped' {
        $server | Stop-RedisMLServer
        { $server | Stop-RedisMLServer } | Should -Not -Throw
    }

    It 'stops nothing with -WhatIf' {
        $server | Stop-RedisMLServer -WhatIf
        Get-RedisMLServer | Should -Contain $server
    }
}
