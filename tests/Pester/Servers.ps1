# Real servers, and what lies in a server, for the tests that need them.

# A redis-server on a free port, without persistence. Its test is skipped where none is installed.
function Start-RedisServer([string[]] $option = @()) {
    if (-not (Get-Command redis-server -CommandType Application -ErrorAction Ignore)) {
        Set-ItResult -Skipped -Because 'redis-server is not installed'
    }
    $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
    $listener.Start()
    $port = $listener.LocalEndpoint.Port
    $listener.Stop()
    $start = [System.Diagnostics.ProcessStartInfo]::new('redis-server', [string[]] (
            @('--bind', '127.0.0.1', '--port', $port, '--save', '', '--appendonly', 'no', '--dir', "$TestDrive") + $option))
    $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    while (($line = $process.StandardOutput.ReadLine()) -notmatch 'Ready to accept connections') {
        if ($null -eq $line) { throw "redis-server ended with $($process.ExitCode)." }
    }
    [pscustomobject]@{ HostName = '127.0.0.1'; Port = $port; Process = $process }
}

function Stop-RedisServer($server) {
    if (-not $server) { return }
    $server.Process.Kill()
    $server.Process.WaitForExit()
    $server.Process.Dispose()
}

# The keys of a connection to an embedded server, with all that no cmdlet shows.
function Get-ServerKey($connection) {
    $server = Get-RedisMLServer | Where-Object { "$_" -eq $connection.Endpoint }
    $client = [System.Net.Sockets.TcpClient]::new($server.HostName, $server.Port)
    try {
        $stream = $client.GetStream()
        $reader = [System.IO.StreamReader]::new($stream)
        foreach ($words in ('AUTH', $server.Credential.GetNetworkCredential().Password), ('KEYS', "$($connection.Prefix):*")) {
            $command = "*$($words.Count)`r`n" + -join ($words | ForEach-Object { "`$$($_.Length)`r`n$_`r`n" })
            $stream.Write([System.Text.Encoding]::ASCII.GetBytes($command))
            $answer = $reader.ReadLine()
        }
        if ($answer -notmatch '^\*(\d+)$') { throw "KEYS gave $answer" }
        for ($i = 0; $i -lt [int] $Matches[1]; $i++) { $null = $reader.ReadLine(); $reader.ReadLine() }
    }
    finally {
        $client.Dispose()
    }
}
