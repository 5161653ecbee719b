BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
}

Describe 'Get-RedisMLServer' {
    BeforeAll {
        $first = Start-RedisMLServer
        $second = Start-RedisMLServer "$TestDrive/data"
    }

    AfterAll {
        $first, $second | Stop-RedisMLServer
    }

    It 'lists the servers of this process' {
        $servers = Get-RedisMLServer
        $servers | Should -Contain $first
        $servers | Should -Contain $second
    }

    It 'lists the servers that Connect-RedisML started' {
        $connection = Connect-RedisML -Embedded
        Get-RedisMLServer | ForEach-Object ToString | Should -Contain $connection.Endpoint
        Disconnect-RedisML
    }

    It 'gets servers by port' {
        Get-RedisMLServer -Port $second.Port | Should -Be $second
        Get-RedisMLServer $first.Port, $second.Port | Should -Be $first, $second
    }

    It 'has an error for a port without a server, and goes on' {
        $found = Get-RedisMLServer 1, $first.Port -ErrorVariable missing -ErrorAction SilentlyContinue
        $found | Should -Be $first
        $missing[0].FullyQualifiedErrorId | Should -Be 'ServerNotFound,RedisML.PowerShell.Connections.GetRedisMLServerCommand'
    }

    It 'has a table view' {
        Get-RedisMLServer $second.Port | Out-String -Width 300 | Should -BeLike "*HostName*Port*DataDirectory*127.0.0.1*$($second.DataDirectory)*"
    }
}
