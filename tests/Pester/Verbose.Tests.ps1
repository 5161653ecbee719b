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
        $text | Should -Match "Version 1 of dataset 'a' is published: 200 rows in 1 chunks"
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
