# The nightly job of samples/scheduled as a scheduler runs it: a process with the connection in its environment alone.

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    . "$PSScriptRoot/EndlessRun.ps1"
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $server = Start-RedisMLServer
    $password = $server.Credential.GetNetworkCredential().Password
    $null = Connect-RedisML -Port $server.Port -Credential $server.Credential

    function Invoke-Night([string[]] $more = @()) {
        $start = [System.Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        foreach ($word in @("$root/artifacts/bin/RedisML.Host/debug/RedisML.Host.dll", '-NoProfile', '-NonInteractive', '-File',
            "$root/samples/scheduled/nightly.ps1", '-LogDirectory', "$TestDrive/logs") + $more) { $start.ArgumentList.Add($word) }
        $start.Environment['REDISML_CONNECTION'] = "redis://:$([uri]::EscapeDataString($password))@127.0.0.1:$($server.Port)"
        $start.Environment['NO_COLOR'] = '1'
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $log = Get-ChildItem "$TestDrive/logs" | Sort-Object LastWriteTime | Select-Object -Last 1
        [pscustomobject] @{ ExitCode = $process.ExitCode; Output = $output + $errors.Result; Log = Get-Content -Raw $log }
    }
}

AfterAll {
    Disconnect-RedisML
    Stop-RedisMLServer $server
}

Describe 'The nightly job' {
    It 'trains, judges and publishes, with a log that knows no password' {
        $night = Invoke-Night
        $night.ExitCode | Should -Be 0 -Because $night.Output
        (Get-RedisModel price@champion).Version | Should -Be 1
        $night.Log | Should -Match 'diamonds-train'
        foreach ($text in $night.Log, $night.Output) { $text.Contains($password) | Should -BeFalse }
    }

    It 'ends with exit code 1 where the model falls short, and says why in its log' {
        $night = Invoke-Night '-MaximumRmse', '10'
        $night.ExitCode | Should -Be 1
        $night.Log | Should -Match 'Rmse is 11.*may be at most 10'
        $night.Log.Contains($password) | Should -BeFalse
    }

    It 'says who runs where it is started a second time, without a lock file' {
        $endless = Start-Endless price
        try {
            $id = @($endless.Id)[-1]
            Wait-Run $id { $_.State -eq 'Running' }
            $night = Invoke-Night
            $night.ExitCode | Should -Be 0 -Because $night.Output
            $night.Log | Should -Match "Run $id of model price is at work since .*process $PID"
            $night.Log | Should -Not -Match 'RowsWritten'
        }
        finally { Remove-Job $endless.Job -Force }
    }
}

Describe 'A transcript' {
    It 'has no password and no key of a session that connects, fails, and shows everything' {
        $log = "$TestDrive/session.log"
        $script = @'
Start-Transcript $env:LOG | Out-Null
$credential = [pscredential]::new('default', (ConvertTo-SecureString $env:SECRET -AsPlainText -Force))
Connect-RedisML -Port $env:PORT -Credential $credential -Verbose -Debug | Format-List *
Get-RedisMLConnection | ConvertTo-Json -Depth 5
Get-RedisDataset -Verbose -Debug | Out-Null
try { Connect-RedisML "127.0.0.1:1,password=$env:SECRET,connectTimeout=200" } catch { $_ | Format-List * -Force }
try { Connect-RedisML -Port $env:PORT -Credential ([pscredential]::new('nobody', (ConvertTo-SecureString "$env:SECRET-wrong" -AsPlainText -Force))) } catch { $_ | Format-List * -Force }
Stop-Transcript | Out-Null
'@
        Set-Content "$TestDrive/session.ps1" $script
        $start = [System.Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        foreach ($word in "$root/artifacts/bin/RedisML.Host/debug/RedisML.Host.dll", '-NoProfile', '-NonInteractive', '-File', "$TestDrive/session.ps1") { $start.ArgumentList.Add($word) }
        foreach ($pair in @{ LOG = $log; SECRET = $password; PORT = "$($server.Port)"; NO_COLOR = '1' }.GetEnumerator()) { $start.Environment[$pair.Key] = $pair.Value }
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $null = $process.StandardError.ReadToEndAsync()
        $null = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $text = Get-Content -Raw $log
        $text | Should -Match 'DEBUG: SMEMBERS'
        $text.Contains($password) | Should -BeFalse
        $text.Contains("$password-wrong") | Should -BeFalse
    }
}
