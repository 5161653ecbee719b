BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    . "$PSScriptRoot/Servers.ps1"
    $before = $env:REDISML_CONNECTION
    $env:REDISML_CONNECTION = $null
    $server = Start-RedisMLServer
    $password = $server.Credential.GetNetworkCredential().Password
}

AfterAll {
    $server | Stop-RedisMLServer
    $env:REDISML_CONNECTION = $before
}

Describe 'Connect-RedisML' {
    AfterEach {
        Get-RedisMLConnection -All | Disconnect-RedisML
    }

    Context 'a connection string' {
        It 'connects with host, port and options' {
            $connection = Connect-RedisML "127.0.0.1:$($server.Port),password=$password"
            $connection.Endpoint | Should -Be "127.0.0.1:$($server.Port)"
            $connection.Prefix | Should -Be 'redisml'
            $connection.Tls | Should -BeFalse
            $connection.User | Should -BeNullOrEmpty
            $connection.Server.ServerKind | Should -Be 'Garnet'
        }

        It 'connects with a redis:// URI, with <what>' -ForEach @{ what = 'the default user'; user = 'default' }, @{ what = 'a password alone'; user = '' } {
            (Connect-RedisML "redis://${user}:$password@127.0.0.1:$($server.Port)/0").Endpoint | Should -Be "127.0.0.1:$($server.Port)"
        }

        It 'takes the password from -Credential' {
            Connect-RedisML "127.0.0.1:$($server.Port)" -Credential $server.Credential | Should -Not -BeNullOrEmpty
        }

        It 'refuses what it cannot read, without repeating it' {
            $failure = { Connect-RedisML "redis://ann:$password@127.0.0.1/x" } | Should -Throw -PassThru -ErrorId 'InvalidConnectionString,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
            $failure | Out-String | Should -Not -BeLike "*$password*"
        }
    }

    Context 'host, port and credential' {
        It 'connects' {
            (Connect-RedisML -HostName 127.0.0.1 -Port $server.Port -Credential $server.Credential).Endpoint | Should -Be "127.0.0.1:$($server.Port)"
        }

        It 'binds a server from the pipeline' {
            ($server | Connect-RedisML -Prefix piped).Prefix | Should -Be 'piped'
        }
    }

    Context 'an embedded server' {
        It 'starts one, and finds it again' {
            $first = Connect-RedisML -Embedded
            (Connect-RedisML -Embedded).Endpoint | Should -Be $first.Endpoint
            $lasting = Connect-RedisML -Embedded -DataDirectory "$TestDrive/again"
            $lasting.Endpoint | Should -Not -Be $first.Endpoint
            (Connect-RedisML -Embedded -DataDirectory "$TestDrive/again").Endpoint | Should -Be $lasting.Endpoint
            Get-RedisMLServer | Where-Object { "$_" -eq $lasting.Endpoint } | Stop-RedisMLServer
            Get-RedisMLServer | ForEach-Object ToString | Should -Contain $first.Endpoint
        }

        It 'keeps data in a directory' {
            Push-Location $TestDrive
            try {
                $null = Connect-RedisML -Embedded -DataDirectory lasting
                Set-RedisModelParameter m a 42
                Get-RedisMLServer | Where-Object DataDirectory -EQ (Join-Path $TestDrive lasting) | Stop-RedisMLServer
                Get-RedisMLConnection | Should -BeNullOrEmpty
                $null = Connect-RedisML -Embedded -DataDirectory lasting
                (Get-RedisModelParameter m a).Value | Should -Be 42
                Get-RedisMLServer | Where-Object DataDirectory | Stop-RedisMLServer
            }
            finally {
                Pop-Location
            }
        }

        It 'needs -Embedded for -DataDirectory, and takes no credential' {
            { Connect-RedisML -Embedded -Credential $server.Credential } | Should -Throw -ErrorId 'AmbiguousParameterSet,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
        }
    }

    Context 'the environment variable' {
        AfterEach {
            $env:REDISML_CONNECTION = $null
        }

        It 'is used where nothing else is given' {
            $env:REDISML_CONNECTION = "127.0.0.1:$($server.Port),password=$password"
            (Connect-RedisML -Prefix fromenvironment).Prefix | Should -Be 'fromenvironment'
        }

        It 'gives way to parameters' {
            $env:REDISML_CONNECTION = 'redis://127.0.0.1:1'
            $server | Connect-RedisML | Should -Not -BeNullOrEmpty
        }
    }

    Context 'what goes wrong' {
        It 'names a closed port' {
            { Connect-RedisML -HostName 127.0.0.1 -Port 1 } | Should -Throw '*127.0.0.1:1*' -ErrorId 'ConnectionRefused,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
        }

        It 'names an unknown host' {
            { Connect-RedisML no-such-host.invalid } | Should -Throw '*no-such-host.invalid*' -ErrorId 'HostNotFound,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
        }

        It 'says that the password is wrong' {
            { Connect-RedisML "127.0.0.1:$($server.Port),password=wrong" } | Should -Throw -ErrorId 'AuthenticationFailed,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
        }

        It 'says that a password is wanted' {
            { Connect-RedisML "127.0.0.1:$($server.Port)" } | Should -Throw -ErrorId 'AuthenticationFailed,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
        }

        It 'says that the port is not for TLS' {
            { Connect-RedisML "127.0.0.1:$($server.Port),connectTimeout=500" -Tls } | Should -Throw -ErrorId 'TlsFailed,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
        }

        It 'has a category for <id>' -ForEach @(
            @{ id = 'HostNotFound'; category = 'ConnectionError'; arguments = @{ HostName = 'no-such-host.invalid' } }
            @{ id = 'InvalidConnectionString'; category = 'InvalidArgument'; arguments = @{ ConnectionString = 'localhost,oops=1' } }
            @{ id = 'InvalidPrefix'; category = 'InvalidArgument'; arguments = @{ Embedded = $true; Prefix = 'a:b' } }
            @{ id = 'CertificateUnreadable'; category = 'InvalidData'; arguments = @{ HostName = 'localhost'; CertificateAuthority = 'no-such-file' } }
            @{ id = 'CertificateUnreadable'; category = 'InvalidData'; arguments = @{ HostName = 'localhost'; ClientCertificate = 'no-such-file.pfx' } }
            @{ id = 'PathNotInFileSystem'; category = 'InvalidArgument'; arguments = @{ Embedded = $true; DataDirectory = 'Variable:x' } }
        ) {
            $failure = { Connect-RedisML @arguments } | Should -Throw -PassThru
            $failure.FullyQualifiedErrorId | Should -Be "$id,RedisML.PowerShell.Connections.ConnectRedisMLCommand"
            $failure.CategoryInfo.Category | Should -Be $category
        }

        It 'stops at once while a server does not answer' {
            $silent = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
            $silent.Start()
            $shell = [powershell]::Create()
            try {
                $null = $shell.AddScript('param($module, $port) Import-Module $module; Connect-RedisML "127.0.0.1:$port,connectTimeout=600000"')
                $running = $shell.AddArgument((Get-Module RedisML).Path).AddArgument($silent.LocalEndpoint.Port).BeginInvoke()
                $client = $silent.AcceptSocket()
                $watch = [System.Diagnostics.Stopwatch]::StartNew()
                $shell.Stop()
                $failure = { $shell.EndInvoke($running) } | Should -Throw -PassThru
                $watch.Elapsed.TotalSeconds | Should -BeLessThan 60
                $failure.Exception.InnerException | Should -BeOfType System.Management.Automation.PipelineStoppedException
            }
            finally {
                ${client}?.Dispose()
                $silent.Dispose()
                $shell.Dispose()
            }
        }

        It 'warns of a server that drops keys by itself' {
            $dropping = Start-RedisServer '--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'
            try {
                $null = Connect-RedisML -HostName 127.0.0.1 -Port $dropping.Port -WarningVariable connecting -WarningAction SilentlyContinue
                $null = Test-RedisMLConnection -WarningVariable testing -WarningAction SilentlyContinue
                "$connecting" | Should -BeLike '*allkeys-lru*'
                "$testing" | Should -BeLike '*allkeys-lru*'
            }
            finally {
                Stop-RedisServer $dropping
            }
        }

        It 'refuses a data directory that is a file' {
            Set-Content "$TestDrive/file" ''
            { Connect-RedisML -Embedded -DataDirectory "$TestDrive/file" } | Should -Throw -ErrorId 'DataDirectoryUnusable,RedisML.PowerShell.Connections.ConnectRedisMLCommand'
        }

        It 'leaves the default connection as it was' {
            $null = $server | Connect-RedisML -Prefix before
            { Connect-RedisML -HostName 127.0.0.1 -Port 1 } | Should -Throw
            (Get-RedisMLConnection).Prefix | Should -Be 'before'
        }
    }

    It 'shows no password in any view' {
        $connection = $server | Connect-RedisML
        $connection | Format-Table * | Out-String | Should -Not -BeLike "*$password*"
        $connection | Format-List * -Force | Out-String | Should -Not -BeLike "*$password*"
        $connection | ConvertTo-Json -WarningAction Ignore | Should -Not -BeLike "*$password*"
        "$connection" | Should -Not -BeLike "*$password*"
    }
}
