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

# Sends commands, each a list of words, to a server, and gives the lines of the last one's reply.
function Invoke-RedisCommand($server, [string[][]] $command) {
    $client = [System.Net.Sockets.TcpClient]::new($server.HostName, $server.Port)
    try {
        $stream = $client.GetStream()
        $reader = [System.IO.StreamReader]::new($stream)
        foreach ($words in $command) {
            $text = "*$($words.Count)`r`n" + -join ($words | ForEach-Object { "`$$($_.Length)`r`n$_`r`n" })
            $stream.Write([System.Text.Encoding]::ASCII.GetBytes($text))
            $answer = $reader.ReadLine()
            # A text, or a list of texts, without their lengths.
            $lines = switch -Regex ($answer) {
                '^\*(\d+)$' { for ($i = 0; $i -lt [int] $Matches[1]; $i++) { $null = $reader.ReadLine(); $reader.ReadLine() } }
                '^\$(\d+)$' { $block = [char[]]::new([int] $Matches[1] + 2); $null = $reader.ReadBlock($block, 0, $block.Length); -join $block -split "`r`n" }
                default { $answer }
            }
            if ($answer -match '^-') { throw "$($words[0]) gave $answer" }
        }
        $lines
    }
    finally {
        $client.Dispose()
    }
}

# The keys of a connection to an embedded server, with all that no cmdlet shows.
function Get-ServerKey($connection) {
    $server = Get-RedisMLServer | Where-Object { "$_" -eq $connection.Endpoint }
    Invoke-RedisCommand $server ('AUTH', $server.Credential.GetNetworkCredential().Password), ('KEYS', "$($connection.Prefix):*")
}

# Holds back all writes to a server.
function Suspend-Write($server) { Invoke-RedisCommand $server (, ('CLIENT', 'PAUSE', '20000', 'WRITE')) }

# Cuts all connections of a server whose writes are held back, once one waits for a reply, and lets writes through again.
function Invoke-Cut($server) {
    while (-not ((Invoke-RedisCommand $server (, ('INFO', 'clients'))) -match '^blocked_clients:[1-9]')) { Start-Sleep -Milliseconds 10 }
    Invoke-RedisCommand $server ('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'), ('CLIENT', 'UNPAUSE')
}
