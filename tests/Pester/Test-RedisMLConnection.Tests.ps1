BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $before = $env:REDISML_CONNECTION
    $env:REDISML_CONNECTION = $null
}

AfterAll {
    $env:REDISML_CONNECTION = $before
}

Describe 'Test-RedisMLConnection' {
    AfterEach {
        Get-RedisMLConnection -All | Disconnect-RedisML
    }

    It 'measures the latency and describes the server' {
        $connection = Connect-RedisML -Embedded
        $test = Test-RedisMLConnection
        $test.Endpoint | Should -Be $connection.Endpoint
        $test.LatencyMilliseconds | Should -BeGreaterThan 0
        $test.ServerKind | Should -Be 'Garnet'
        $test.ServerVersion | Should -Match '^\d+\.\d+'
        $test.Mode | Should -Be 'standalone'
        $test.Persistent | Should -BeFalse
        $test.MemoryUsed | Should -BeGreaterThan 0
    }

    It 'sees that a data directory makes the data last' {
        $server = Start-RedisMLServer "$TestDrive/lasting"
        $null = $server | Connect-RedisML
        $test = Test-RedisMLConnection
        $test.AppendOnlyFile | Should -BeTrue
        $test.Persistent | Should -BeTrue
        $server | Stop-RedisMLServer
    }

    It 'tests the connection that it is given' {
        $connection = Connect-RedisML -Embedded
        Disconnect-RedisML -Connection (Connect-RedisML -Embedded -Prefix other)
        (Test-RedisMLConnection -Connection $connection).Endpoint | Should -Be $connection.Endpoint
    }

    It 'tests the connection of another runspace' {
        $connection = Connect-RedisML -Embedded
        $module = (Get-Module RedisML).Path
        $tests = 1..2 | ForEach-Object -Parallel { Import-Module $using:module; Test-RedisMLConnection -Connection $using:connection }
        $tests.Endpoint | Should -Be $connection.Endpoint, $connection.Endpoint
    }

    It 'says what to do without a connection' {
        { Test-RedisMLConnection } | Should -Throw '*Connect-RedisML*' -ErrorId 'NotConnected,RedisML.PowerShell.Connections.TestRedisMLConnectionCommand'
    }

    It 'has a table view' {
        $null = Connect-RedisML -Embedded
        Test-RedisMLConnection | Out-String | Should -BeLike '*Endpoint*Latency*Server*Persistent*Memory*ms*Garnet*'
    }
}
