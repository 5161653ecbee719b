BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
}

Describe 'Disconnect-RedisML' {
    AfterEach {
        Get-RedisMLConnection -All | Disconnect-RedisML
    }

    It 'closes the default connection' {
        $connection = Connect-RedisML -Embedded
        Disconnect-RedisML | Should -BeNullOrEmpty
        Get-RedisMLConnection | Should -BeNullOrEmpty
        { Test-RedisMLConnection -Connection $connection } | Should -Throw -ErrorId 'ConnectionClosed,RedisML.PowerShell.Connections.TestRedisMLConnectionCommand'
    }

    It 'closes the connection that it is given, and leaves the default' {
        $first = Connect-RedisML -Embedded -Prefix first
        $null = Connect-RedisML -Embedded -Prefix second
        Disconnect-RedisML $first
        (Get-RedisMLConnection).Prefix | Should -Be 'second'
        (Get-RedisMLConnection -All).Count | Should -Be 1
    }

    It 'takes connections from the pipeline' {
        1..3 | ForEach-Object { $null = Connect-RedisML -Embedded }
        Get-RedisMLConnection -All | Disconnect-RedisML
        Get-RedisMLConnection -All | Should -BeNullOrEmpty
    }

    It 'has nothing to do without a connection' {
        { Disconnect-RedisML } | Should -Not -Throw
    }

    It 'leaves an embedded server running' {
        $connection = Connect-RedisML -Embedded
        Disconnect-RedisML
        Get-RedisMLServer | ForEach-Object ToString | Should -Contain $connection.Endpoint
    }
}
