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

    It 'answers ML.PREDICT by a model of a connection, and by no other' {
        function Get-Answer([object] $server, [string[]] $word) {
            $client = [System.Net.Sockets.TcpClient]::new($server.HostName, $server.Port)
            try {
                $reader = [System.IO.StreamReader]::new($client.GetStream())
                foreach ($words in ('AUTH', $server.Credential.GetNetworkCredential().Password), $word) {
                    $command = "*$($words.Count)`r`n" + -join ($words | ForEach-Object { "`$$($_.Length)`r`n$_`r`n" })
                    $client.GetStream().Write([System.Text.Encoding]::ASCII.GetBytes($command))
                    $answer = $reader.ReadLine()
                }
                if ($answer -match '^\$\d') { $reader.ReadLine() } else { $answer }
            }
            finally {
                $client.Dispose()
            }
        }
        $prefix = "test-$([guid]::NewGuid().ToString('N'))"
        $null = Connect-RedisML -Embedded -Prefix $prefix
        1..20 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_ } } | Import-RedisTrainingData -Dataset line -Label y | Out-Null
        $null = Start-RedisDistributedTraining line price -Algorithm Linear -L2 0 -WorkerCount 1 -Wait
        $null = Publish-RedisModel price -Version 1 -Alias champion
        $server = Start-RedisMLServer -Model price@champion
        $server.Model | Should -Be 'price@champion'
        [math]::Round((Get-Answer $server 'ML.PREDICT', 'price@champion', 'x', '3'), 6) | Should -Be 6
        Get-Answer $server 'ML.PREDICT', 'price', 'x', '3' | Should -BeLike "-ERR no such model 'price'*"
        { Start-RedisMLServer -Model prise } | Should -Throw -ErrorId 'ModelNotFound,*'
        @(Get-RedisMLServer | Where-Object Model).Count | Should -Be 1
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
