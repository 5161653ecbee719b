#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    1..60 | ForEach-Object {
        [pscustomobject]@{ x = $_; colour = ('red', 'green', 'blue')[$_ % 3]; kind = $_ % 3 + $_ / 30 -gt 2 ? 'large' : 'small' }
    } | Export-Csv "$TestDrive/rows.csv"
    $null = Import-RedisTrainingData "$TestDrive/rows.csv" -Dataset rows -Label kind
    $null = Start-RedisDistributedTraining -Dataset rows -Model kind -Algorithm Logistic -WorkerCount 1 -Wait
    $iris = "$PSScriptRoot/../Unit/ModelFiles/iris-mlnet.onnx"
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Import-RedisModel' {
    It 'reads <_> back as it was' -ForEach 'safetensors', 'json' {
        $model = Export-RedisModel kind "$TestDrive/kind.$_" | Import-RedisModel -Name "copy-$_"
        $model.Name, $model.Version, $model.Algorithm | Should -Be "copy-$_", 1, 'Logistic'
        $model.Definition.Lineage.Run | Should -Be (Get-RedisModel kind).Definition.Lineage.Run
        $first, $second = 'kind', "copy-$_" | ForEach-Object { Test-RedisModel $_ rows }
        $second.LogLoss | Should -Be $first.LogLoss
        $second.Auc | Should -Be $first.Auc
    }

    It 'takes the name that the file says, and makes the next version of it' {
        $path = Export-RedisModel kind "$TestDrive/again.json"
        (Import-RedisModel $path).Version | Should -Be 2
        Get-RedisModel kind -AllVersion | Should -HaveCount 2
    }

    It 'keeps a model in ONNX, which is tested, predicts and is served' {
        $path = Export-RedisModel kind "$TestDrive/kind.onnx"
        $model = Import-RedisModel $path -Name foreign
        $model.Algorithm, "$($model.Definition.Task)" | Should -Be 'Onnx', 'Binary'
        $first, $second = 'kind', 'foreign' | ForEach-Object { Test-RedisModel $_ rows }
        [math]::Abs($second.LogLoss - $first.LogLoss) | Should -BeLessThan 1e-9
        $rows = Import-Csv "$TestDrive/rows.csv"
        $expected = $rows | Invoke-RedisPrediction kind
        $predicted = $rows | Invoke-RedisPrediction foreign
        $predicted.Prediction | Should -Be $expected.Prediction
        $job = Start-RedisPredictionService foreign -Name onnx-service
        try {
            ($rows | Select-Object -First 5 | Invoke-RedisPrediction -Service onnx-service).Prediction |
                Should -Be ($expected.Prediction | Select-Object -First 5)
        }
        finally {
            Stop-RedisPredictionService onnx-service
            $job | Remove-Job -Force
        }
        $null = Export-RedisModel foreign "$TestDrive/back.onnx"
        (Get-FileHash "$TestDrive/back.onnx").Hash | Should -Be (Get-FileHash $path).Hash
    }

    It 'takes the columns, the classes and the output of another program''s model by name' {
        $null = Import-RedisModel $iris iris -Label species -Feature a, b, c, d -Class setosa, versicolor, virginica -Output Score.output
        $prediction = [pscustomobject]@{ a = 5.1; b = 3.5; c = 1.4; d = 0.2 } | Invoke-RedisPrediction iris
        $prediction.Prediction | Should -Be 'setosa'
        $prediction.Probability | Should -BeGreaterThan 0.97
    }

    It 'imports nothing with -WhatIf' {
        Import-RedisModel $iris unmade -Output Score.output -WhatIf
        Get-RedisModel unmad* | Should -BeNullOrEmpty
    }

    It 'fails clearly on <What>' -TestCases @(
        @{ What = 'a missing file'; File = 'none.json'; ErrorId = 'FileNotFound' }
        @{ What = 'another extension'; File = 'model.pkl'; Content = 'x'; ErrorId = 'UnknownModelFormat' }
        @{ What = 'a file that isn''t what its name says'; File = 'bad.onnx'; Content = 'x'; ErrorId = 'OnnxModelInvalid' }
        @{ What = 'safetensors that end early'; File = 'bad.safetensors'; Content = 'x'; ErrorId = 'ModelFileInvalid' }
        @{ What = 'a name that can''t be'; File = 'good.json'; Name = 'a:b'; Model = 'kind'; ErrorId = 'InvalidName' }
    ) {
        $path = "$TestDrive/$File"
        if ($Content) { Set-Content $path $Content }
        if ($Model) { $null = Export-RedisModel $Model $path }
        { Import-RedisModel $path -Name ($Name ?? 'm') -ErrorAction Stop } |
            Should -Throw -ErrorId "$ErrorId,RedisML.PowerShell.Models.ImportRedisModelCommand"
        Get-RedisModel m* | Should -BeNullOrEmpty
    }
}
