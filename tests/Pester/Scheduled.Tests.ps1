# The nightly job of samples/scheduled as a scheduler runs it: a process with the connection in its environment alone.

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    . "$PSScriptRoot/EndlessRun.ps1"
    . "$PSScriptRoot/SourceTree.ps1"
    $files = [System.Collections.Generic.HashSet[string]] @(Get-SourceFile)
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $server = Start-RedisMLServer
    $password = $server.Credential.GetNetworkCredential().Password
    $null = Connect-RedisML -Port $server.Port -Credential $server.Credential

    # pwsh as a scheduler finds it, and the folders and the file that its lines name, put elsewhere.
    $bin = (New-Item "$TestDrive/bin" -ItemType Directory).FullName
    $program = "$root/artifacts/bin/RedisML.Host/debug/RedisML.Host.dll"
    if ($IsWindows) { Set-Content "$bin/pwsh.cmd" "@`"$([Environment]::ProcessPath)`" `"$program`" %*" }
    else {
        Set-Content "$bin/pwsh" '#!/bin/sh', "exec '$([Environment]::ProcessPath)' '$program' `"`$@`""
        chmod +x "$bin/pwsh"
    }
    Set-Content "$TestDrive/nightly.env" "REDISML_CONNECTION=redis://:$([uri]::EscapeDataString($password))@127.0.0.1:$($server.Port)"
    function Get-Here([string] $text) {
        $text.Replace('/etc/redisml/nightly.env', "$TestDrive/nightly.env").Replace('/opt/redisml/scheduled', "$root/samples/scheduled"
        ).Replace('/var/log/redisml', "$TestDrive/logs").Replace('/usr/bin/pwsh', "$bin/pwsh")
    }

    # The program and the arguments of a scheduler's file.
    function Get-Line([string] $scheduler) {
        $folder = "$root/samples/scheduled"
        switch ($scheduler) {
            cron {
                $entry = (Get-Content "$folder/nightly.cron" | Where-Object { $_ -match '^[\d*]' }) -split ' ', 7
                $entry[0..5] | Should -Be '0', '3', '*', '*', '*', 'redisml'
                # A percent sign would be a line's end.
                $entry[6] | Should -Not -Match '%'
                '/bin/sh', '-c', (Get-Here $entry[6])
            }
            systemd { (Get-Here ((Get-Content "$folder/redisml-nightly.service") -match '^ExecStart=')).Substring(10) -split ' ' }
            windows {
                # What the script hands to the scheduler, which there is on Windows alone.
                $task = @{}
                function New-ScheduledTaskAction($Execute, $Argument) { $task.Execute = $Execute; $task.Argument = $Argument }
                function New-ScheduledTaskTrigger([switch] $Daily, $At) { $At }
                function New-ScheduledTaskPrincipal($UserId, $LogonType) { $UserId }
                function New-ScheduledTaskSettingsSet([switch] $StartWhenAvailable, $MultipleInstances, $ExecutionTimeLimit) { $MultipleInstances }
                function Register-ScheduledTask($Name, $Action, $Trigger, $Principal, $Settings, [switch] $Force) { $task.Name = $Name }
                . ([scriptblock]::Create((Get-Content -Raw "$folder/Register-NightlyTask.ps1").Replace('$PSScriptRoot', $folder))) -Folder $TestDrive
                $task.Name | Should -Be 'RedisML nightly'
                $task.Execute | Should -Be 'pwsh.exe'
                "$bin/$($IsWindows ? 'pwsh.cmd' : 'pwsh')"
                # Of the file name's quotation marks nothing is left once they are read.
                [regex]::Matches($task.Argument, '"([^"]*)"|\S+').ForEach{ $_.Groups[1].Success ? $_.Groups[1].Value : $_.Value }.ForEach{ $_.Replace('\', '/') }
            }
        }
    }

    # A night as cron, systemd or Windows starts it: no terminal, and of the environment what the scheduler gives.
    function Invoke-Night([string] $scheduler, [string] $more = '') {
        if ($IsWindows) { $scheduler = 'windows' }
        $line = @(Get-Line $scheduler)
        if ($more) {
            if ($scheduler -eq 'cron') { $line[2] = $line[2].Replace(' > /dev/null', " $more > /dev/null") } else { $line += $more -split ' ' }
        }
        $start = [System.Diagnostics.ProcessStartInfo]::new($line[0], [string[]] @($line | Select-Object -Skip 1))
        if (-not $IsWindows) {
            $start.Environment.Clear()
            $start.Environment['PATH'] = $scheduler -eq 'cron' ? "${bin}:/usr/bin:/bin" : '/usr/bin:/bin'
            $start.Environment['HOME'] = "$TestDrive"
        }
        if ($scheduler -ne 'cron') {
            $name, $value = (Get-Content "$TestDrive/nightly.env") -split '=', 2
            $start.Environment[$name] = $value
        }
        $start.WorkingDirectory = "$TestDrive"
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $log = Get-ChildItem "$TestDrive/logs" -ErrorAction Ignore | Sort-Object LastWriteTime | Select-Object -Last 1
        [pscustomobject] @{ ExitCode = $process.ExitCode; Output = $output + $errors.Result; Log = $log ? (Get-Content -Raw $log) : '' }
    }
}

AfterAll {
    Disconnect-RedisML
    Stop-RedisMLServer $server
}

Describe 'The nightly job' {
    It 'trains, judges and publishes by cron''s line, with a log that knows no password' {
        $night = Invoke-Night cron
        $night.ExitCode | Should -Be 0 -Because $night.Output
        (Get-RedisModel price@champion).Version | Should -Be 1
        $night.Log | Should -Match 'diamonds-train'
        foreach ($text in $night.Log, $night.Output) { $text.Contains($password) | Should -BeFalse }
    }

    It 'ends by systemd''s line with exit code 1 where the model falls short, and says why in its log' {
        $night = Invoke-Night systemd '-MaximumRmse 10'
        $night.ExitCode | Should -Be 1
        $night.Log | Should -Match 'Rmse is 11.*may be at most 10'
        $night.Log.Contains($password) | Should -BeFalse
    }

    It 'says who runs where the line of Windows starts it a second time, without a lock file' {
        $endless = Start-Endless price
        try {
            $id = @($endless.Id)[-1]
            Wait-Run $id { $_.State -eq 'Running' }
            $night = Invoke-Night windows
            $night.ExitCode | Should -Be 0 -Because $night.Output
            $night.Log | Should -Match "Run $id of model price is at work since .*process $PID"
            $night.Log | Should -Not -Match 'RowsWritten'
        }
        finally { Remove-Job $endless.Job -Force }
    }

    It 'has units that systemd reads without a complaint' -Skip:(-not (Get-Command systemd-analyze -ErrorAction Ignore)) {
        $units = New-Item "$TestDrive/units" -ItemType Directory
        foreach ($unit in Get-Item "$root/samples/scheduled/redisml-nightly.*") { Set-Content "$units/$($unit.Name)" (Get-Here (Get-Content -Raw $unit)) }
        $said = systemd-analyze verify "$units/redisml-nightly.service" "$units/redisml-nightly.timer" 2>&1 | Where-Object { "$_" -match 'redisml-nightly' }
        $said | Should -BeNullOrEmpty
        systemd-analyze calendar '*-*-* 03:00:00' 2>&1 | Out-String | Should -Match 'Normalized form: \*-\*-\* 03:00:00'
    }

    It 'leaves nothing behind in the source tree' {
        Get-SourceFile | Where-Object { -not $files.Contains($_) } | Should -BeNullOrEmpty
    }
}

Describe 'A transcript' {
    It 'has no password and no key of a session that connects, fails, and shows everything' {
        $log = "$TestDrive/session.log"
        $key = [System.Security.Cryptography.RandomNumberGenerator]::GetBytes(32)
        $script = @'
Start-Transcript $env:LOG | Out-Null
$credential = [pscredential]::new('default', (ConvertTo-SecureString $env:SECRET -AsPlainText -Force))
Connect-RedisML -Port $env:PORT -Credential $credential -Verbose -Debug | Format-List *
Get-RedisMLConnection | ConvertTo-Json -Depth 5
Get-RedisDataset -Verbose -Debug | Out-Null
$sealed = @{ Port = $env:PORT; Credential = $credential; Prefix = 'sealed'; EncryptionKey = [convert]::FromBase64String($env:KEY) }
Connect-RedisML @sealed -Verbose -Debug | Format-List *
1..3 | ForEach-Object { @{ n = $_ } } | Import-RedisTrainingData -Dataset rows -Verbose -Debug | ConvertTo-Json
try { Connect-RedisML "127.0.0.1:1,password=$env:SECRET,connectTimeout=200" } catch { $_ | Format-List * -Force }
try { Connect-RedisML -Port $env:PORT -Credential ([pscredential]::new('nobody', (ConvertTo-SecureString "$env:SECRET-wrong" -AsPlainText -Force))) } catch { $_ | Format-List * -Force }
Stop-Transcript | Out-Null
'@
        Set-Content "$TestDrive/session.ps1" $script
        $start = [System.Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        foreach ($word in "$root/artifacts/bin/RedisML.Host/debug/RedisML.Host.dll", '-NoProfile', '-NonInteractive', '-File', "$TestDrive/session.ps1") { $start.ArgumentList.Add($word) }
        foreach ($pair in @{ LOG = $log; SECRET = $password; PORT = "$($server.Port)"; KEY = [convert]::ToBase64String($key); NO_COLOR = '1' }.GetEnumerator()) { $start.Environment[$pair.Key] = $pair.Value }
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $null = $process.StandardError.ReadToEndAsync()
        $null = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $text = Get-Content -Raw $log
        $text | Should -Match 'DEBUG: SMEMBERS'
        $text.Contains($password) | Should -BeFalse
        $text.Contains("$password-wrong") | Should -BeFalse
        foreach ($form in [convert]::ToBase64String($key), [convert]::ToHexString($key), "$key") { $text.Contains($form) | Should -BeFalse }
    }
}
