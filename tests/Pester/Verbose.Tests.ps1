# What -Verbose and -Debug tell somebody who looks for a cause, of the cmdlet and of a job.

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $server = Start-RedisMLServer
    $password = $server.Credential.GetNetworkCredential().Password
    $null = Connect-RedisML -Port $server.Port -Credential $server.Credential
    'id;price;name', (1..200 | ForEach-Object { "$_;$($_ * 1.5);a-very-secret-name-$_" }) | ForEach-Object { $_ } | Set-Content "$TestDrive/a.csv"
    'x,y', (1..30 | ForEach-Object { "$_,$(2 * $_)" }), ',5', '7,' | ForEach-Object { $_ } | Set-Content "$TestDrive/gaps.csv"
    $null = Import-RedisTrainingData "$TestDrive/gaps.csv" -Dataset gaps -Label y
    function Text($records) { ($records | ForEach-Object { "$_" }) -join "`n" }
}

AfterAll {
    Disconnect-RedisML
    Stop-RedisMLServer $server
}

Describe 'Verbose' {
    It 'tells of an import the dialect and the types, from what they were found, chunks and bytes' {
        $text = Text (Import-RedisTrainingData "$TestDrive/a.csv" -Dataset a -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] })
        $text | Should -Match "separated by ';' \(found in its first lines\)"
        $text | Should -Match 'encoding utf-8 \(the default\)'
        $text | Should -Match 'Columns: id Int64, price Float64, name Utf8'
        $text | Should -Match 'Chunk \d+: 200 rows, [\d,]+ bytes, [\d,]+ before compression'
        $text | Should -Match "Version 1 of dataset 'a' is published: 200 rows in 1 chunk of"
    }

    It 'tells which types were given, and which rows are left out and why' {
        Add-Content "$TestDrive/a.csv" 'x;y;z', '300;oops;n'
        $text = Text (Import-RedisTrainingData "$TestDrive/a.csv" -Dataset a2 -Schema @{ id = 'Int32'; price = 'Float64' } -BadRow Skip -Verbose 4>&1 3>$null)
        $text | Should -Match 'id Int32 \(-Schema\)'
        $text | Should -Match '2 rows are left out, by column: id in 1, price in 1'
    }

    It 'tells of a training its rows, its solver with the reason, and the exchange' {
        $text = Text (Start-RedisDistributedTraining gaps exact -Algorithm Linear -WorkerCount 1 -Wait -Verbose 4>&1 3>$null)
        $text | Should -Match '30 rows loaded in .*; 1 columns make 1 features'
        $text | Should -Match "2 of 32 rows were left out because a value is missing: 'y' in 1, 'x' in 1"
        $text | Should -Match 'Solver: the normal equations, exact, as 1 features'
        $text | Should -Match 'Exchange: none, as this node was alone'
        Text (Start-RedisDistributedTraining gaps sparse -Algorithm Linear -L1 1 -WorkerCount 1 -Wait -Verbose 4>&1 3>$null) |
            Should -Match 'Solver: L-BFGS of orthants, since -L1 is above 0[\s\S]*Ended \w+ after \d+ iterations'
    }

    It 'tells it of a job in the stream of its first worker, and nothing unless asked' {
        $job = Start-RedisDistributedTraining gaps later -Algorithm Linear -WorkerCount 1 -Verbose 4>$null
        $null = Wait-Job $job
        Text $job.ChildJobs[0].Verbose | Should -Match 'Solver:'
        Remove-Job $job
        $job = Start-RedisDistributedTraining gaps quiet -Algorithm Linear -WorkerCount 1
        $null = Wait-Job $job
        $job.ChildJobs[0].Verbose.Count | Should -Be 0
        Remove-Job $job
    }
}

# Real faults: of the connection, of the server, of another node.
Describe 'Verbose of what is waited for' {
    BeforeAll {
        . "$PSScriptRoot/Servers.ps1"
        . "$PSScriptRoot/EndlessRun.ps1"
        $redis = Start-RedisServer '--enable-debug-command', 'yes'
        $null = Connect-RedisML -Port $redis.Port
        1..300 | ForEach-Object { [pscustomobject]@{ x = $_; y = 3 * $_ } } | Import-RedisTrainingData -Dataset diamonds -Label y | Out-Null

        # What a job that goes on tells, once it has told of something.
        function Wait-Told($job, $pattern) {
            $verbose = { foreach ($one in $job) { ($one.ChildJobs.Count ? $one.ChildJobs[0] : $one).Verbose } }
            $deadline = [datetime]::Now.AddSeconds(30)
            while ((Text (& $verbose)) -notmatch $pattern -and [datetime]::Now -lt $deadline) { Start-Sleep -Milliseconds 20 }
            Text (& $verbose)
        }
    }

    AfterAll {
        Get-Job | Remove-Job -Force
        Stop-RedisServer $redis
        $null = Connect-RedisML -Port $server.Port -Credential $server.Credential
    }

    It 'tells of a connection that is cut in the middle each retry, its reason, and how long was waited' {
        $fault = 1 | ForEach-Object -AsJob -Parallel { . "$using:PSScriptRoot/Servers.ps1"; Invoke-Cut $using:redis }
        $text = Text (& { 1..300 | ForEach-Object { [pscustomobject]@{ x = $_ } }; $null = Suspend-Write $redis } |
                Import-RedisTrainingData -Dataset cut -Verbose 4>&1)
        $null = $fault | Receive-Job -Wait -AutoRemoveJob
        $text | Should -Match 'Redis: retry 1 in \d+ ms, because there was no connection \(\w+\)\.'
        $text | Should -Match 'Redis: a reply after \d+\.\d\d s, with [1-9]\d* retr'
        (Get-RedisDataset cut).Rows | Should -Be 300
    }

    It 'tells it of a training whose server hangs or cuts it off' {
        $job = Start-RedisDistributedTraining diamonds told -Algorithm Linear -Optimizer Adam -Epoch 1000000 -WorkerCount 1 -NodeCount 2 -Verbose
        $other = Join-RedisDistributedTraining $job.Run.Id -WorkerCount 1 -Verbose 4>$null
        Wait-Run $job.Run.Id { $_.Step -gt 0 }
        $null = Invoke-RedisCommand $redis (, ('DEBUG', 'SLEEP', '0.8'))
        Wait-Told $job, $other 'a reply after' | Should -Match 'Redis: a reply after \d+\.\d\d s, with 0 retries'
        $null = Suspend-Write $redis
        $null = Invoke-Cut $redis
        # The two share a connection, and one of them may have nothing to ask just then.
        Wait-Told $job, $other 'with 1 retry' | Should -Match 'Redis: retry 1 in \d+ ms, because there was no connection \(\w+\)\.'
        Stop-RedisDistributedTraining $job.Run.Id
        $null = $job, $other | Wait-Job
        Text $job.ChildJobs[0].Verbose | Should -Match 'Exchange: [\d,]+ with other nodes; \d+\.\d\d s were spent waiting for them'
    }

    It 'tells it of <_>, which goes on as a job' -ForEach 'an online training', 'a service' {
        $job = if ($_ -eq 'a service') {
            Start-RedisDistributedTraining diamonds served -Algorithm Linear -WorkerCount 1 -Wait | Out-Null
            Start-RedisPredictionService served -Lease 0.5 -Verbose
        }
        else {
            @{ x = 1; y = 2 } | Add-RedisTrainingSample -List line
            Start-RedisOnlineTraining online -List line -Algorithm Linear -Label y -Lease 0.5 -Verbose
        }
        $null = Suspend-Write $redis
        $null = Invoke-Cut $redis
        Wait-Told $job 'again|retry' | Should -Match 'It is tried again: The connection to \S+ was lost|Redis: retry 1 in \d+ ms, because there was no connection'
        $job.HasMoreData | Should -BeTrue
        Stop-Job $job
    }

    It 'tells a node how long it waited for a slower one' {
        # The two have the same text, so that it is one run, and differ by the variable alone.
        $script = { param($Batch, $Parameter, $Context) Start-Sleep -Milliseconds $using:pause; @{ w = [double[]] @(0.1) } }
        $what = @{ ScriptBlock = $script; WorkerCount = 1 }
        $pause = 0
        $quick = Start-RedisDistributedTraining diamonds slow @what -InitialParameter @{ w = 0.0 } -Label y -Epoch 1000 -NodeCount 2 -Verbose
        $pause = 700
        $slow = Join-RedisDistributedTraining $quick.Run.Id @what
        Wait-Told $quick 'other nodes' | Should -Match 'Waited \d+\.\d\d s for the other nodes'
        Stop-RedisDistributedTraining $quick.Run.Id
        $null = $quick, $slow | Wait-Job
    }
}

# With -Debug PowerShell itself asks at each warning, unless -WarningAction says otherwise.
Describe 'Debug' {
    It 'shows the commands to Redis, with their keys, and values cut' {
        $text = Text (Import-RedisTrainingData "$TestDrive/a.csv" -Dataset debugged -BadRow Skip -Debug -WarningAction SilentlyContinue 5>&1 | Where-Object { $_ -is [System.Management.Automation.DebugRecord] })
        $text | Should -Match '(?m)^SET redisml:\S+ .*\([\d,]+ bytes\)'
        $text | Should -Match '(?m)^HMGET redisml:|^EVAL <script of'
        $text | Should -Not -Match 'a-very-secret'
        $text.Contains($password) | Should -BeFalse
    }

    It 'cuts the values of parameters, and shows no password of a connection' {
        $text = Text (Set-RedisModelParameter hush token 'abcdefghijklmnop' -Debug 5>&1)
        $text | Should -Match 'redisml:model:\S*hush'
        $text | Should -Not -Match 'abcdefghij'
        $other = Connect-RedisML -Port $server.Port -Credential $server.Credential -Debug -Verbose 4>&1 5>&1
        (Text $other).Contains($password) | Should -BeFalse
    }

    It 'works as without it' {
        (Get-RedisTrainingData gaps -First 2 -Debug 5>$null).y | Should -Be 2, 4
        { Get-RedisModel nothing -Debug -ErrorAction Stop 5>$null } | Should -Throw -ErrorId 'ModelNotFound,*'
        (Publish-RedisModel exact -Alias best -Debug 5>$null).Aliases | Should -Be best
    }
}
