BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $before = $env:REDISML_CONNECTION
    $env:REDISML_CONNECTION = $null
}

AfterAll {
    $env:REDISML_CONNECTION = $before
}

Describe 'Get-RedisMLConnection' {
    AfterEach {
        Get-RedisMLConnection -All | Disconnect-RedisML
    }

    It 'returns nothing without a connection' {
        Get-RedisMLConnection | Should -BeNullOrEmpty
    }

    It 'returns the default connection' {
        $connection = Connect-RedisML -Embedded -Prefix mine
        Get-RedisMLConnection | Should -Be $connection
    }

    It 'returns all connections with -All' {
        $null = Connect-RedisML -Embedded -Prefix first
        $null = Connect-RedisML -Embedded -Prefix second
        (Get-RedisMLConnection).Prefix | Should -Be 'second'
        (Get-RedisMLConnection -All).Prefix | Should -Be 'first', 'second'
    }

    It 'connects by the environment variable, once' {
        $server = Start-RedisMLServer
        try {
            $env:REDISML_CONNECTION = "127.0.0.1:$($server.Port),password=$($server.Credential.GetNetworkCredential().Password)"
            $connection = Get-RedisMLConnection
            $connection.Endpoint | Should -Be "$server"
            Get-RedisMLConnection | Should -Be $connection
        }
        finally {
            $env:REDISML_CONNECTION = $null
            $server | Stop-RedisMLServer
        }
    }

    It 'does not see the connections of another runspace' {
        $null = Connect-RedisML -Embedded
        $module = (Get-Module RedisML).Path
        1 | ForEach-Object -Parallel { Import-Module $using:module; Get-RedisMLConnection } | Should -BeNullOrEmpty
    }

    It 'closes the connections of a runspace with it' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript('param($module) Import-Module $module; Connect-RedisML -Embedded').AddArgument((Get-Module RedisML).Path)
        $connection = $shell.Invoke()[0]
        $null = Test-RedisMLConnection -Connection $connection
        $shell.Runspace.Close()
        $failure = $null
        $deadline = [datetime]::Now.AddSeconds(120)
        while (-not $failure -and [datetime]::Now -lt $deadline) {
            try { $null = Test-RedisMLConnection -Connection $connection } catch { $failure = $_ }
        }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ConnectionClosed,*'
        $shell.Dispose()
    }

    It 'shows endpoint, server and prefix in a table' {
        Connect-RedisML -Embedded -Prefix shown | Out-String | Should -BeLike '*Endpoint*Server*Prefix*127.0.0.1:*Garnet*shown*'
    }
}
