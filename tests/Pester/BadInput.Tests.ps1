# Bad input of what learns online, of text and ratings, and of engines: an error with an id and what to do next, or a counted reject.

BeforeDiscovery {
    $half = [string] [char] 0xD83D
    $errors = @(
        @{ Id = 'OptionMissing'; Command = { Start-RedisOnlineTraining new -Algorithm Linear -Label y }; Says = '(-List or -Stream)' }
        @{ Id = 'StreamsUnsupported'; Command = { Add-RedisTrainingSample -Stream any -InputObject @{ x = 1 } }; Says = '-List' }
        @{ Id = 'StreamsUnsupported'; Command = { Start-RedisOnlineTraining new -Stream any -Algorithm Linear -Label y }; Says = '-List' }
        @{ Id = 'RedisWrongType'; Command = { Add-RedisTrainingSample -List taken -InputObject @{ x = 1 } }; Says = "'taken' is no list", 'holds a string' }
        @{ Id = 'RedisWrongType'; Command = { Start-RedisOnlineTraining new -List taken -Algorithm Linear -Label y }; Says = "'taken' is no list", 'holds a string' }
        @{ Id = 'ColumnNotFound'; Command = { Start-RedisOnlineTraining new -List fresh -Algorithm Linear -Label y -ExcludeFeature sied }; Says = "'side'" }
        @{ Id = 'LabelAmongFeatures'; Command = { Start-RedisOnlineTraining new -List fresh -Algorithm Linear -Label y -Feature x, y }; Says = "'y'" }
        @{ Id = 'ConflictingOptions'; Command = { Start-RedisOnlineTraining new -List fresh -InitialModel line -Label x }; Says = '-Label' }
        @{ Id = 'ConflictingOptions'; Command = { Start-RedisOnlineTraining new -List fresh -InitialModel line -Algorithm Poisson }; Says = '-Algorithm' }
        @{ Id = 'ModelNotOnline'; Command = { Start-RedisOnlineTraining new -List fresh -InitialModel words }; Says = 'KneserNey', 'Linear, Logistic' }
        @{ Id = 'OnlineTrainingDiffers'; Command = { Start-RedisOnlineTraining online -List fresh }; Says = '-List or -Stream sold' }
        @{ Id = 'OnlineTrainingDiffers'; Command = { Start-RedisOnlineTraining online -ExcludeFeature x }; Says = '-Feature' }
        @{ Id = 'OnlineTrainingDiffers'; Command = { Start-RedisOnlineTraining online -Category x }; Says = '-Category' }
        @{ Id = 'NotUnicode'; Command = { Add-RedisTrainingSample -List fresh -InputObject @{ x = 1; side = $half } }; Says = "'side'", 'encoding' }
        @{ Id = 'NotUnicode'; Command = { Add-RedisRating films -User $half -Item f1 -Rating 3 }; Says = 'user' }
        @{ Id = 'NotUnicode'; Command = { Get-RedisRecommendation films -User $half }; Says = 'user' }
        @{ Id = 'ModelKindMismatch'; Command = { Add-RedisRating words -User anna -Item f1 -Rating 3 }; Says = 'KneserNey', 'Get-RedisModel' }
        @{ Id = 'ModelKindMismatch'; Command = { Get-RedisRecommendation byhand -User anna }; Says = 'set by hand', 'Get-RedisModel' }
        @{ Id = 'NotALanguageModel'; Command = { New-RedisText line }; Says = 'Linear', 'Get-RedisModel' }
        @{ Id = 'ModelNotTrained'; Command = { Test-RedisModel byhand -Dataset line }; Says = 'Start-RedisDistributedTraining' }
        @{ Id = 'FigureNotComparable'; Command = { Test-RedisModel line -Dataset line -NotWorseThan side }; Says = 'Get-RedisModel' }
        @{ Id = 'OptionNotFound'; Command = { Start-RedisDistributedTraining line m -Algorithm Linear -Option @{ Layers = 3 } -Wait }; Says = 'has no options' }
        @{ Id = 'OptionNotFound'; Command = { Start-RedisDistributedTraining line m -Algorithm LightGbm -Option @{ num_leafs = 3 } -Wait }; Says = "'num_leaves'" }
        @{ Id = 'OptionNotFound'; Command = { Start-RedisDistributedTraining line m -Algorithm LightGbm -Option @{ n_estimator = 3 } -Wait }; Says = "'n_estimators'" }
        @{ Id = 'OptionNotFound'; Command = { Start-RedisDistributedTraining line m -Algorithm LightGbm -Option @{ leaves = 3 } -Wait }; Says = "'max_leaves'|'num_leaves'" }
        @{ Id = 'OptionInvalid'; Command = { Start-RedisDistributedTraining line m -Algorithm LightGbm -Option @{ num_leaves = 1 } -Wait }; Says = 'num_leaves has to be > 1$' }
        @{ Id = 'OptionInvalid'; Command = { Start-RedisDistributedTraining line m -Algorithm LightGbm -L2 3 -Wait }; Says = 'lambda_l2' }
        @{ Id = 'OptionInvalid'; Command = { Start-RedisDistributedTraining line m -Algorithm Network -Option @{ Dropout = [double]::NaN } -Wait }; Says = 'Dropout can''t be NaN' }
        @{ Id = 'OptionInvalid'; Command = { Start-RedisDistributedTraining line m -Algorithm Network -Option @{ Embedding = 0 } -Wait }; Says = '1 to 4,096' }
        @{ Id = 'LabelNotNumeric'; Command = { Start-RedisDistributedTraining line m -Algorithm LightGbm -Label side -Option @{ objective = 'regression' } -Wait }; Says = 'leave them out' }
        @{ Id = 'TooManyClasses'; Command = { Start-RedisDistributedTraining line m -Algorithm LightGbm -Label y -Option @{ objective = 'binary' } -Wait }; Says = 'leave them out' }
        @{ Id = 'ColumnNotFound'; Command = { Start-RedisDistributedTraining line m -Algorithm Linear -Validation other -Wait }; Says = "'other'", "'x'|'y'" }
        @{ Id = 'SignatureMismatch'; Command = { Start-RedisDistributedTraining line m -Algorithm Linear -Feature x -Validation spelt -Wait }; Says = "'spelt'", '-Schema' }
        @{ Id = 'OnnxFailed'; Command = { Invoke-RedisPrediction bomb -InputObject @{ a = 1; b = 2 } }; Says = 'predict' }
        @{ Id = 'FileNotFound'; Command = { Import-RedisModel "$TestDrive/bom.onnx" }; Says = 'bomb.onnx' }
        @{ Id = 'PathIsDirectory'; Command = { Import-RedisModel "$TestDrive" }; Says = 'name a file' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Servers.ps1"
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $half = [string] [char] 0xD83D
    $connection = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    $rows = 1..40 | ForEach-Object { [pscustomobject]@{ x = $_; side = @('left', 'right')[$_ % 2]; y = 3 * $_ } }
    $rows | Import-RedisTrainingData -Dataset line -Label y | Out-Null
    @{ z = 1 } | Import-RedisTrainingData -Dataset other | Out-Null
    @{ x = 'one'; y = 1 } | Import-RedisTrainingData -Dataset spelt | Out-Null
    $options = @{ WorkerCount = 1; Wait = $true }
    $null = Start-RedisDistributedTraining line line -Algorithm Linear -Feature x @options
    $null = Start-RedisDistributedTraining line side -Algorithm Logistic -Label side -Feature x @options
    $ratings = foreach ($user in 1..9) { foreach ($film in 1..4) { if (($user + $film) % 4) { @{ user = "u$user"; item = "f$film"; stars = 1 + ($user * $film) % 5 } } } }
    $ratings | Import-RedisTrainingData -Dataset ratings -Label stars | Out-Null
    $null = Start-RedisDistributedTraining ratings films -Algorithm MatrixFactorization -Option @{ Factors = 2 } @options
    $null = Set-RedisModelParameter byhand w 1
    $null = Add-RedisLanguageModelText words 'to be or not to be'
    $rows | Add-RedisTrainingSample -List sold
    $rows | Add-RedisTrainingSample -List fresh
    $null = Start-RedisOnlineTraining online -List sold -Algorithm Linear -Label y -Feature x -Once -Wait
    $server = Get-RedisMLServer | Where-Object { "$_" -eq $connection.Endpoint }
    Invoke-RedisCommand $server ('AUTH', $server.Credential.GetNetworkCredential().Password), ('SET', "$($connection.Prefix):samples:{taken}", 'text')
    # Its sum is over 2^40 numbers that it makes itself, made by hand of the operators ConstantOfShape, ReduceSum, MatMul and Add.
    [System.IO.File]::WriteAllBytes("$TestDrive/bomb.onnx", [convert]::FromBase64String(
            'CAg60QEKHQoCc2gSA2JpZxoBYyIPQ29uc3RhbnRPZlNoYXBlCicKA2JpZxIBchoBciIJUmVkdWNlU3VtKg8KCGtlZXBkaW1zoAECGAAKFAoBeAoBdxIBbRoBbSIGTWF0TXVsChEKAW0KAXISAXkaAWEiA0FkZBIBZyoTCAIIARABQgF3SggAAIA/AAAAQCoaCAIQB0ICc2hKEAAAEAAAAAAAAAAQAAAAAABaFAoBeBIPCg0IARIJCgMSAU4KAggCYhQKAXkSDwoNCAESCQoDEgFOCgIIAUICEBE='))
    $null = Import-RedisModel "$TestDrive/bomb.onnx" -Feature a, b -Label y
}

AfterAll { Disconnect-RedisML }

Describe 'Bad input' {
    It 'is <Id> and what to do next: <Command>' -ForEach $errors {
        $before = @(Get-RedisModel).Count
        $problem = $null
        try { $null = & $Command 2>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord]) { throw $_ } } }
        catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        foreach ($part in $Says) { $problem.Exception.Message | Should -Match ($part -replace '^([^|$]+)$' , { [regex]::Escape($_.Value) }) }
        @(Get-RedisModel).Count | Should -Be $before
    }

    It 'is no text where there is none: <Name>' -ForEach @(
        @{ Name = 'Get-RedisNextToken'; Command = { Get-RedisNextToken words $null -Count 1 }; Empty = { Get-RedisNextToken words '' -Count 1 } }
        @{ Name = 'Get-RedisNextToken -Prefix'; Command = { Get-RedisNextToken words to -Prefix $null -Count 1 }; Empty = { Get-RedisNextToken words to -Count 1 } }
        @{ Name = 'New-RedisText'; Command = { New-RedisText words $null -Seed 1 -Length 3 }; Empty = { New-RedisText words '' -Seed 1 -Length 3 } }
    ) {
        & $Command | Out-String | Should -Be (& $Empty | Out-String)
    }

    It 'names the list that has become something else, and goes on where it is one again' {
        $rows | Add-RedisTrainingSample -List turns
        $null = Start-RedisOnlineTraining turns -List turns -Algorithm Linear -Label y -Feature x -Once -Wait
        $login = , ('AUTH', $server.Credential.GetNetworkCredential().Password)
        $key = "$($connection.Prefix):samples:{turns}"
        Invoke-RedisCommand $server ($login + , ('SET', $key, 'text'))
        { Start-RedisOnlineTraining turns -Once -Wait } | Should -Throw "'turns' is no list*holds a string*" -ErrorId 'RedisWrongType,*'
        Invoke-RedisCommand $server ($login + , ('DEL', $key))
        $rows | Add-RedisTrainingSample -List turns
        $training = Start-RedisOnlineTraining turns -Once -Wait
        $training.Samples, $training.Rejected | Should -Be 80, 0
    }

    It 'counts samples of a second class beside a positive one that never comes, and learns none' {
        $rows | Add-RedisTrainingSample -List sides
        $training = Start-RedisOnlineTraining sides -List sides -Algorithm Logistic -Label side -Feature x -PositiveClass rihgt -Once -Wait
        $training.Samples, $training.Rejected | Should -Be 20, 20
    }
}
