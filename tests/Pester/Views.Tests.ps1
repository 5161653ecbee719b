# Every table of the module, at 80 columns (what redirected output and build logs have) and at 120, beside kept pictures of text.
# After a change that is wanted: $env:REDISML_KEEP_VIEWS = 1, run this file, and look at what git shows.

BeforeDiscovery {
    $format = [xml] (Get-Content -Raw "$PSScriptRoot/../../artifacts/RedisML/RedisML.Format.ps1xml")
    $views = foreach ($view in $format.Configuration.ViewDefinitions.View) {
        @{ Name = $view.Name; Type = $view.ViewSelectedBy.TypeName; IsTable = $null -ne $view.TableControl; View = $view }
    }
    $tables = $views.Where{ $_.IsTable }
    $pictures = foreach ($table in $tables) { foreach ($width in 80, 120) { $table + @{ Width = $width } } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded
    $culture = [cultureinfo]::CurrentCulture
    [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture

    function Sample([hashtable[]] $rows) { foreach ($row in $rows) { [pscustomobject] $row } }
    $time = [datetimeoffset] [datetime]::new(2026, 11, 29, 14, 5, 7)
    $columns = @(1..17)

    # Rows as one meets them, the longest that are usual among them.
    $samples = @{
        'RedisML.Connections.RedisMLConnection' = @{ Endpoint = 'cache.example.org:6380'; Server = 'Redis 7.0.15'; User = 'trainer'; Tls = $true; Prefix = 'redisml' }
        'RedisML.Connections.ConnectionTest' = @{ Endpoint = '127.0.0.1:6379'; LatencyMilliseconds = 0.1234; ServerKind = 'Redis'; ServerVersion = '7.0.15'; Mode = 'Standalone'
            Shards = $null; Persistent = $true; MemoryUsed = 1234567890; MemoryLimit = 0 }
        'RedisML.PowerShell.Sessions.RedisMLServer' = @{ HostName = '127.0.0.1'; Port = 46379; Started = $time; DataDirectory = '/home/ann/redisml-data' }
        'RedisML.Datasets.Dataset' = @{ Name = 'flights'; Version = 12; Rows = 336776; Columns = $columns; Label = 'arr_delay'; StoredBytes = 3456789; Created = $time },
            @{ Name = 'diamonds-train'; Version = 1; Rows = 43072; Columns = $columns; Label = 'price'; StoredBytes = 688100; Created = $time }
        'RedisML.Datasets.Splitting.DatasetPart' = @{ Name = 'iris-train'; Version = 1; Rows = 120; Share = 0.8; Classes = [pscustomobject] @{ Value = 'setosa'; Rows = 40 }, [pscustomobject] @{ Value = $null; Rows = 80 } }
        'RedisML.Importing.ImportResult' = @{ Dataset = 'diamonds'; Version = 1; RowsWritten = 53940; RowsRejected = 0; StoredBytes = 688100; CompressionRatio = 2.27; ElapsedSeconds = 1.05; RowsPerSecond = 51371 },
            @{ Dataset = 'flights-raw'; Version = 12; RowsWritten = 30000000; RowsRejected = 1234; StoredBytes = 987654321; CompressionRatio = 12.5; ElapsedSeconds = 3725; RowsPerSecond = 2345678 }
        'RedisML.Training.TrainingRun' = @{ Id = '1f4219e90ba1'; Model = 'price'; Dataset = 'diamonds-train'; State = 'Completed'; Step = 0; Loss = 1275500; ElapsedSeconds = 0.38 },
            @{ Id = 'cd85666c4e66'; Model = 'late'; Dataset = 'flights-train'; State = 'Interrupted'; Step = 1234; Loss = [double]::NaN; ElapsedSeconds = 12600 }
        'RedisML.Runs.RunMetric' = @{ Name = 'validationLoss'; Step = 12; Value = 0.123456789; Time = $time }
        'RedisML.Evaluation.RegressionResult' = @{ Model = 'price'; Dataset = 'diamonds-test'; Rows = 10868; R2 = 0.92; D2 = $null; Rmse = 1131.92; Mae = 742.641; SourceColumn = $null },
            @{ Model = 'logprice'; Dataset = 'diamonds-test'; Rows = 10868; R2 = 0.98; D2 = $null; Rmse = 0.12; Mae = 0.09; SourceColumn = 'price'; SourceRmse = 812.4 }
        'RedisML.Evaluation.RecommendationResult' = @{ Model = 'jokes'; Dataset = 'ratings-test'; Rows = 72642; Rmse = 4.05953; Top = 10; Precision = 0.2134; Recall = 0.3; Ndcg = 0.2876 },
            @{ Model = 'shop'; Dataset = 'events-test'; Rows = 400; Rmse = $null; Top = 10; Precision = 0.0432; Recall = 0.432; Ndcg = 0.2345 }
        'RedisML.Algorithms.MatrixFactorization.Recommendation' = @{ User = 'anna'; Position = 1; ItemName = 'p117'; Score = 0.912345; Basis = 'Ratings' },
            @{ User = $null; Position = 20; ItemName = 'A very long name of a product'; Score = 4.5; Basis = 'Popularity' }
        'RedisML.PowerShell.Recommending.StoredRecommendations' = @{ User = 'anna'; Count = 20; Basis = 'Ratings'; TimeToLiveSeconds = 86400; Key = 'redisml:recommend:{shop:anna}' }
        'RedisML.PowerShell.Models.ClassificationReport' = @{ Model = 'late'; Dataset = 'flights-test'; Rows = 65469; Accuracy = 0.8123; Baseline = 0.75; F1 = 0.61; MacroF1 = $null; LogLoss = 0.4321; Auc = 0.87 }
        'RedisML.Serving.PredictionService' = @{ Name = 'price'; Instances = @(1, 2); Versions = [long[]] (3, 4); Waiting = 12; Answered = 1234567; Failed = 3; Rejected = 0 }
        'RedisML.Serving.InstanceStatus' = @{ Id = '5d0e7a51c2f4'; Model = 'price@champion'; Version = 3; Answered = 1234567; Failed = 3; P50Milliseconds = 0.31; P99Milliseconds = 2.5; MeanBatch = 12.3 }
        'RedisML.Prediction.DatasetPredictionResult' = @{ Model = 'price'; ModelVersion = 3; OutputDataset = 'predicted'; Version = 1; Rows = 53940; RowsWithoutPrediction = 12; UnseenValues = 0; Unchanged = $false; RowsPerSecond = 5123456 }
        'RedisML.Evaluation.ClassFigures' = @{ Class = 'versicolor'; Precision = 0.9; Recall = 0.95; F1 = 0.92; Support = 1234 }
        'RedisML.PowerShell.Models.ModelParameterElement' = @{ Name = 'weight'; Class = 'setosa'; Feature = 'sepal_length'; Index = 0; Level = $null; IsMissing = $false; Value = -12.345678; RawValue = 0.000123 }
        'RedisML.Evaluation.FeatureImportance' = @{ Model = 'price'; Dataset = 'diamonds-test'; Feature = 'carat'; Metric = 'R2'; Importance = 0.54321; Deviation = 0.0123 }
        'RedisML.Models.Model' = @{ Name = 'price'; Version = 12; Aliases = @('champion', 'latest'); Algorithm = 'Linear'; Dataset = 'diamonds-train'; Created = $time },
            @{ Name = 'jokes'; Version = 1; Aliases = @(); Algorithm = 'MatrixFactorization'; Dataset = 'ratings-train'; Created = $time }
        'RedisML.PowerShell.Models.GateResult' = @{ Model = 'price'; Version = 3; Dataset = 'diamonds-test'; Passed = $false; Problems = @('Rmse is 1,131.9, and may be 1,000 at most', 'R2 is 0.9081, and has to be 0.95 at least: that of price@champion') }
        'RedisML.Models.AliasMove' = @{ Number = 3; Alias = 'champion'; From = 2; Version = 3; At = $time; By = 'ann@build-7'; Reason = 'better by 2 %'; Rollback = $false }
        'RedisML.Connections.AccessRule' = @{ Role = 'Serve'; Prefix = 'redisml'; Rule = 'resetkeys resetchannels -@all +auth +hello +ping +echo +client|id +client|setname +hget +hmget +hgetall %R~redisml:models %R~redisml:model:* ~redisml:services' }
        'RedisML.Online.OnlineTraining' = @{ Model = 'clicks'; State = 'Running'; Source = 'clickstream'; Samples = 12345678; Rejected = 12; Loss = 0.34567; Accuracy = 0.8651; Drifts = 2 }
        'RedisML.Algorithms.Language.LanguageModelUpdate' = @{ Model = 'shakespeare'; Texts = 1234; Tokens = 1115394; Skipped = 0; Rejected = 1; Contexts = 250000; Evicted = 1234 }
        'RedisML.Algorithms.Language.LanguageModelMeasure' = @{ Model = 'shakespeare'; Texts = 12; Tokens = 11153; UnknownTokens = 17; Rejected = 0; Perplexity = 144.6612 }
        'RedisML.Algorithms.Language.NextToken' = @{ Probability = 0.4321; DisplayName = 'love' }, @{ Probability = 0.0123; DisplayName = 'thee' }
        'RedisML.PowerShell.Cmdlets.RedisMLJob' = @{ Id = 7; Name = 'Service-price-5d0e7a51c2f4'; JobStateInfo = @{ State = 'Running' }; StatusMessage = 'price, version 3: 1,234,567 answered, p50 0.31 ms, p99 2.50 ms' },
            @{ Id = 12; Name = 'Training12'; JobStateInfo = @{ State = 'Completed' }; StatusMessage = 'iteration 12, loss 0.123456, 1,234,567 rows/s' }
        'RedisML.Exporting.ExportResult' = @{ Dataset = 'diamonds'; Format = 'Parquet'; Rows = 53940; Bytes = 812345; Path = '/home/ann/diamonds.parquet' }
    }

    # What shows itself through methods is the real thing.
    $csv = Join-Path ([System.IO.Path]::GetTempPath()) "views-$PID.csv"
    'carat,cut,sold', (0..199 | ForEach-Object { "$(($_ % 40) / 7),$('Ideal', 'Good', 'Fair' | Select-Object -Index ($_ % 3)),2026-0$(1 + $_ % 9)-15" }) | Set-Content $csv
    $null = Import-RedisTrainingData $csv -Dataset views
    Remove-Item $csv
    Set-RedisModelParameter views -Parameter @{ intercept = 3371.66; weight = 1.5, -2.25, 1e-9, 12345.678, 7 } -ErrorAction Stop
    $objects = @{
        'RedisML.Datasets.Statistics.ColumnSummary' = @(Measure-RedisDataset views)
        'RedisML.PowerShell.Models.ModelParameter' = @(Get-RedisModelParameter views)
    }
    foreach ($type in $samples.Keys) {
        $objects[$type] = foreach ($row in $samples[$type]) {
            $object = [pscustomobject] $row
            $object.PSTypeNames.Insert(0, $type)
            $object
        }
    }
}

AfterAll {
    [cultureinfo]::CurrentCulture = $culture
    Disconnect-RedisML
}

Describe 'Views' {
    It 'shows <Type> at <Width> columns as it did' -ForEach $pictures {
        $objects.ContainsKey($Type) | Should -BeTrue -Because 'each table has a sample here'
        $text = (($objects[$Type] | Format-Table -View $Name | Out-String -Width $Width).Trim() -split '\r?\n').ForEach{ $_.TrimEnd() } -join "`n"
        ($text -split "`n").ForEach{ $_.Length } | Should -BeLessOrEqual $Width
        $kept = "$PSScriptRoot/Views/$Type.$Width.txt"
        if ($env:REDISML_KEEP_VIEWS) { Set-Content $kept $text }
        $text | Should -BeExactly ((Get-Content -Raw $kept) -replace '\r').TrimEnd()
    }

    It 'stacks no header of <Type>, and cuts no value, at 80 columns' -ForEach $tables.Where{ $_.Type -notlike '*AccessRule' } {
        $lines = ($objects[$Type] | Format-Table -View $Name | Out-String -Width 80).Trim() -split '\r?\n'
        $lines[1] | Should -Match '^[- ]+$' -Because 'the header is one line'
        $lines | Should -Not -Match '\S…(\s|$)(?<!, …)'
    }

    It 'breaks no word of <Type> at 80 columns' -ForEach $tables.Where{ $_.View.SelectNodes('.//Wrap') } {
        $cells = @($objects[$Type].ForEach{ $_.StatusMessage; $_.Rule; $_.Problems }) -ne $null -join ' ' -split ' '
        $shown = ($objects[$Type] | Format-Table -View $Name | Out-String -Width 80) -split '\s+'
        $cells | Where-Object { $_ -notin $shown } | Should -BeNullOrEmpty
    }

    It 'gives lists that can be indexed, whatever the cmdlet' {
        $null = Split-RedisDataset views -TestFraction 0.2 -Seed 1
        $run = Start-RedisDistributedTraining views-train sold -Algorithm Softmax -Label cut -Wait -WarningAction Ignore
        $given = @(Measure-RedisDataset views) + @(Get-RedisDataset views) + @($run) + @(Get-RedisModel) + @(Test-RedisModel sold views-test) +
            @(Get-RedisModelParameter sold) + @(Get-RedisDistributedTraining) + @(Measure-RedisFeatureImportance sold views-test) +
            @(Get-RedisTrainingData views -First 2) + @(Get-RedisMLConnection)
        $lists = foreach ($object in $given) {
            foreach ($property in $object.PSObject.Properties) {
                $value = $property.Value
                if ($value -is [System.Collections.IEnumerable] -and $value -isnot [string] -and $value.GetType().Name -like '<>*') { "$($object.GetType().Name).$($property.Name)" }
            }
        }
        $lists | Select-Object -Unique | Should -BeNullOrEmpty -Because 'PowerShell cannot index what the compiler makes of a collection expression'
    }

    It 'computes no cell of <Name> by what is no script' -ForEach $views {
        foreach ($script in $View.SelectNodes('.//ScriptBlock').InnerText) {
            $errors = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($script, [ref] $null, [ref] $errors)
            $errors.Message | Should -BeNullOrEmpty -Because "PowerShell leaves the cell empty: $script"
        }
    }

    It 'asks <Name> for what <Type> has' -ForEach $views {
        $real = foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) { if ($assembly.GetName().Name -like 'RedisML*') { $assembly.GetType($Type) } }
        $real = @($real -ne $null)[0]
        $real | Should -Not -BeNullOrEmpty
        $asked = @($View.SelectNodes('.//PropertyName').InnerText) + @($View.SelectNodes('.//ScriptBlock').InnerText |
            Select-String '(?<!\| ForEach-Object \{[^}]*)\$_\.(\w+)' -AllMatches | ForEach-Object { $_.Matches } | ForEach-Object { $_.Groups[1].Value })
        foreach ($member in $asked | Where-Object { $_ } | Select-Object -Unique) { $real.GetMember($member) | Should -Not -BeNullOrEmpty -Because "a view asks for $member" }
    }
}
