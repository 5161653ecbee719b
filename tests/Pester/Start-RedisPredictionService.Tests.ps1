#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    1..50 | ForEach-Object { [pscustomobject]@{ x = $_; side = @('left', 'right')[$_ -gt 25]; y = 2 * $_ + 1 } } | Import-RedisTrainingData -Dataset line -Label y | Out-Null
    $null = Start-RedisDistributedTraining line price -Algorithm Linear -WorkerCount 1 -Wait
    $null = Start-RedisDistributedTraining line side -Algorithm Logistic -Label side -WorkerCount 1 -Wait
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Start-RedisPredictionService' {
    AfterEach {
        Get-Job | Where-Object PSJobTypeName -eq 'RedisMLPredictionService' | Remove-Job -Force
    }

    It 'answers as the model does here' {
        $job = Start-RedisPredictionService price
        $job.State | Should -Be 'Running'
        $rows = 3..7 | ForEach-Object { @{ x = $_; side = 'left' } }
        $answers = $rows | Invoke-RedisPrediction -Service price
        $answers.Prediction | Should -Be ($rows | Invoke-RedisPrediction price).Prediction
        $answers.Version | Should -Be 1, 1, 1, 1, 1
        $job.StatusMessage | Should -BeLike 'price, version 1: 5 answered*'
        Stop-Job $job
        $job.State | Should -Be 'Stopped'
        (Receive-Job $job).Answered | Should -Be 5
    }

    It 'says the class and the probabilities' {
        $null = Start-RedisPredictionService side -Name sides
        $answer = @{ x = 30; y = 61 } | Invoke-RedisPrediction -Service sides
        $answer.Prediction | Should -Be 'right'
        $answer.Probability | Should -Be $answer.Probabilities['right']
    }

    It 'answers in the columns of the task: of a number no probability, of classes one in each row, known or not' {
        $null = Start-RedisPredictionService price
        $rows = @{ x = $null; side = 'left'; y = 3 }, @{ x = 3; side = 'left'; y = 7 }
        @($rows | Invoke-RedisPrediction -Service price | ConvertTo-Csv)[0] | Should -Be '"Prediction","Version"'
        $null = Start-RedisPredictionService side
        $answers = @($rows | Invoke-RedisPrediction -Service side | ConvertTo-Csv)
        $answers[0] | Should -Be '"Prediction","Version","Probability","Probabilities"'
        $answers[1] | Should -Be ',"1",,'
        ($answers[2] | ConvertFrom-Csv -Header Prediction, Version, Probability, Probabilities).Probability | Should -BeGreaterThan 0.5
    }

    It 'follows an alias' {
        $null = Publish-RedisModel price -Version 1 -Alias champion
        $null = Start-RedisPredictionService price@champion -Name followed
        (@{ x = 1; side = 'left' } | Invoke-RedisPrediction -Service followed).Version | Should -Be 1
        $null = Start-RedisDistributedTraining line price -Algorithm Linear -L2 5 -WorkerCount 1 -Wait
        $null = Publish-RedisModel price -Version 2 -Alias champion
        $until = [datetime]::Now.AddSeconds(30)
        do { $version = (@{ x = 1; side = 'left' } | Invoke-RedisPrediction -Service followed).Version } until ($version -eq 2 -or [datetime]::Now -gt $until)
        $version | Should -Be 2
    }

    It 'says what an object lacks, and goes on' {
        $null = Start-RedisPredictionService price@1
        $answers = @(@{ x = 1 }, @{ x = 1; side = 'left' } | Invoke-RedisPrediction -Service price -ErrorVariable problem -ErrorAction SilentlyContinue)
        $answers.Count | Should -Be 1
        $problem.FullyQualifiedErrorId | Should -Be 'SignatureMismatch,RedisML.PowerShell.Prediction.InvokeRedisPredictionCommand'
        "$problem" | Should -BeLike "*'side' is missing*"
    }

    It 'is listed with its instances, and stopped from anywhere' {
        $one = Start-RedisPredictionService price@1 -Name twice
        $two = Start-RedisPredictionService price@1 -Name twice
        $service = Get-RedisPredictionService tw*
        $service.Instances.Count | Should -Be 2
        $service.Versions | Should -Be 1
        ($service | Out-String) | Should -Match 'twice\s+2\s+1\s+0'
        ($service.Instances | Out-String) | Should -Match 'price@1'
        (TabExpansion2 'Stop-RedisPredictionService tw').CompletionMatches.CompletionText | Should -Be 'twice'
        Stop-RedisPredictionService twice -WhatIf
        $one.State | Should -Be 'Running'
        Stop-RedisPredictionService twice
        $null = $one, $two | Wait-Job -Timeout 120
        $one.State, $two.State | Should -Be 'Stopped', 'Stopped'
        Get-RedisPredictionService tw* | Should -BeNullOrEmpty
    }

    It 'answers over HTTP' {
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        $job = Start-RedisPredictionService side@1 -Name web -HttpPort $port -HttpToken (ConvertTo-SecureString s3cret -AsPlainText -Force)
        $job.Instance.Http | Should -Be "http://127.0.0.1:$port/v2"
        $web = @{ Headers = @{ Authorization = 'Bearer s3cret' } }
        (Invoke-RestMethod "http://127.0.0.1:$port/v2/models/side" @web).inputs.name | Should -Be 'x', 'y'
        $body = @{ inputs = @{ name = 'x'; shape = , 1; datatype = 'FP64'; data = , 30 }, @{ name = 'y'; shape = , 1; datatype = 'FP64'; data = , 61 } } | ConvertTo-Json -Depth 5
        $answer = Invoke-RestMethod "http://127.0.0.1:$port/v2/models/web/infer" -Method Post -ContentType application/json -Body $body @web
        $answer.outputs[0].data | Should -Be 'right'
        { Invoke-RestMethod "http://127.0.0.1:$port/v2/models" } | Should -Throw '*401*'
        { Start-RedisPredictionService side -HttpPort $port -HttpAddress '+' } | Should -Throw -ErrorId 'TokenRequired,*'
        { Start-RedisPredictionService side -HttpPort $port } | Should -Throw -ErrorId 'PortUnusable,*'
    }

    It 'refuses what is not there' {
        { Start-RedisPredictionService prise } | Should -Throw -ErrorId 'ModelNotFound,*'
        { Start-RedisPredictionService price -Name 'a b' } | Should -Throw -ErrorId 'InvalidName,*'
        { Stop-RedisPredictionService nothing -ErrorAction Stop } | Should -Throw -ErrorId 'ServiceNotFound,*'
        { @{ x = 1 } | Invoke-RedisPrediction -Service nothing -Timeout 0.2 } | Should -Throw '*No instance of it runs.*' -ErrorId 'PredictionTimeout,*'
        Get-RedisPredictionService | Where-Object Name -EQ nothing | Should -BeNullOrEmpty -Because 'the request is taken back'
        Start-RedisPredictionService price -WhatIf | Should -BeNullOrEmpty
    }
}
