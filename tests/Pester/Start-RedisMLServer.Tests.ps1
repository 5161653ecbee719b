BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
}

Describe 'Start-RedisMLServer' {
    BeforeEach {
        $before = Get-RedisMLServer
    }

    AfterEach {
        Get-RedisMLServer | Where-Object { $_ -notin $before } | Stop-RedisMLServer
        Get-RedisMLConnection -All | Disconnect-RedisML
    }

    It 'starts a server on a free port of the loopback address' {
        $server = Start-RedisMLServer
        $server.HostName | Should -Be '127.0.0.1'
        $server.Port | Should -BeGreaterThan 0
        $server.DataDirectory | Should -BeNullOrEmpty
        $server.Credential | Should -BeOfType [pscredential]
        ($server | Connect-RedisML).Endpoint | Should -Be "127.0.0.1:$($server.Port)"
    }

    It 'starts several, each with its own port and password' {
        $servers = 1..2 | ForEach-Object { Start-RedisMLServer }
        $servers[0].Port | Should -Not -Be $servers[1].Port
        $servers[0].Credential.GetNetworkCredential().Password | Should -Not -Be $servers[1].Credential.GetNetworkCredential().Password
    }

    It 'keeps the data in a directory, relative to the location' {
        Push-Location $TestDrive
        try {
            $server = Start-RedisMLServer data
            $server.DataDirectory | Should -Be (Join-Path $TestDrive data)
            $null = $server | Connect-RedisML
            Set-RedisModelParameter m a 42
            $server | Stop-RedisMLServer
            $null = Start-RedisMLServer data | Connect-RedisML
            (Get-RedisModelParameter m a).Value | Should -Be 42
        }
        finally {
            Pop-Location
        }
    }

    It 'takes a port' {
        $port = (Start-RedisMLServer).Port
        Get-RedisMLServer -Port $port | Stop-RedisMLServer
        (Start-RedisMLServer -Port $port).Port | Should -Be $port
    }

    It 'refuses a directory that another server uses' {
        $null = Start-RedisMLServer "$TestDrive/shared"
        { Start-RedisMLServer "$TestDrive/shared" } | Should -Throw -ErrorId 'DataDirectoryInUse,RedisML.PowerShell.Connections.StartRedisMLServerCommand'
    }

    It 'refuses a file as a directory' {
        Set-Content "$TestDrive/file" ''
        { Start-RedisMLServer "$TestDrive/file" } | Should -Throw -ErrorId 'DataDirectoryUnusable,RedisML.PowerShell.Connections.StartRedisMLServerCommand'
    }

    It 'refuses a port in use' {
        $server = Start-RedisMLServer
        { Start-RedisMLServer -Port $server.Port } | Should -Throw -ErrorId 'PortUnusable,RedisML.PowerShell.Connections.StartRedisMLServerCommand'
    }

    It 'starts nothing with -WhatIf' {
        Start-RedisMLServer "$TestDrive/whatif" -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/whatif" | Should -Not -Exist
    }

    It 'shows no password in any view' {
        $server = Start-RedisMLServer
        $password = $server.Credential.GetNetworkCredential().Password
        $server | Out-String | Should -BeLike "*HostName*Port*127.0.0.1*$($server.Port)*"
        $server | Format-List * -Force | Out-String | Should -Not -BeLike "*$password*"
        $server | ConvertTo-Json -WarningAction Ignore | Should -Not -BeLike "*$password*"
        "$server" | Should -Be "127.0.0.1:$($server.Port)"
    }
}
