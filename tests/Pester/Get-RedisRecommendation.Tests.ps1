#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    . "$PSScriptRoot/SourceTree.ps1"
    $files = [System.Collections.Generic.HashSet[string]] @(Get-SourceFile)
    # What the sample leaves is what these tests go on with.
    $sample = & "$PSScriptRoot/../../samples/recommend.ps1" 6> $null
    $cmdlet = 'RedisML.PowerShell.Recommending.GetRedisRecommendationCommand'
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Get-RedisRecommendation' {
    It 'finds what customers bought next, and changes with a purchase, in the sample' {
        $sample.Recall | Should -BeGreaterThan 0.3
        $sample.After | Should -Not -Be $sample.Before
        $sample.After | Should -Not -Contain $sample.Bought
        $sample.Key | Should -Be 'redisml:recommend:{shop:newcomer}'
        Get-SourceFile | Where-Object { -not $files.Contains($_) } | Should -BeNullOrEmpty
    }

    It 'leaves out what was bought, for users of the pipeline, best first' {
        $found = 'c1', 'c2' | Get-RedisRecommendation shop -Count 7
        $found.User | Should -Be ((@('c1') * 7) + (@('c2') * 7))
        $found[0..6].Position | Should -Be (1..7)
        $found[0..6].Score | Should -Be ($found[0..6].Score | Sort-Object -Descending)
        $bought = (Get-RedisTrainingData events-train | Where-Object customer -EQ c1).product
        $found[0..6].ItemName | Where-Object { $_ -in $bought } | Should -BeNullOrEmpty
    }

    It 'recommends only what a condition on the items allows' {
        0..149 | ForEach-Object { [pscustomobject]@{ sku = "p$_"; stock = $_ % 2 } } | Import-RedisTrainingData -Dataset products -Force | Out-Null
        $found = Get-RedisRecommendation shop -User c1 -Filter 'stock > 0' -Dataset products -ItemColumn sku -Count 1000
        $found.Count | Should -BeGreaterThan 50
        $found.ItemName | Where-Object { [int] $_.Substring(1) % 2 -eq 0 } | Should -BeNullOrEmpty
        { Get-RedisRecommendation shop -User c1 -Filter 'stock > 0' -Dataset products } | Should -Throw -ErrorId "ColumnNotFound,$cmdlet"
    }

    It 'says that it knows nothing of a user, who gets what suits anybody' {
        $found = Get-RedisRecommendation shop -User nobody -Count 3 -WarningVariable warnings -WarningAction SilentlyContinue
        $found.ItemName | Should -Be (Get-RedisRecommendation shop -Count 3).ItemName
        { Get-RedisRecommendation shop -AsSortedSet } | Should -Throw -ErrorId "InvalidUser,$cmdlet"
        $warnings | Should -BeLike "UserUnknown: model 'shop', version 1, knows nothing of user 'nobody'*"
    }

    It 'predicts and tests as any model, and is exported' {
        $one = [pscustomobject]@{ customer = 'c1'; product = 'p1' } | Invoke-RedisPrediction shop
        $one.Prediction | Should -BeOfType double
        $null = [pscustomobject]@{ customer = 'c1'; product = 'none' } | Invoke-RedisPrediction shop -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeLike "UnseenCategory: 'none' in 'product'*"
        (Test-RedisModel shop -Dataset events-test -Top 150).Recall | Should -BeGreaterThan 0.99
        (Get-RedisModel shop).Evaluations.Figures.Keys | Should -Contain 'Ndcg'
        (Test-RedisModel shop -Dataset events-test -NotWorseThan shop@1 -PassThru).Passed | Should -BeTrue
        $elements = Get-RedisModelParameter shop -Expand
        ($elements | Where-Object { $_.Name -eq 'item.factor:0' -and $_.Level -eq 'p1' }).Count | Should -Be 8
        (Export-RedisModel shop -Path TestDrive:/shop.safetensors).Length | Should -BeGreaterThan 10000
        $json = Get-Content (Export-RedisModel shop -Path TestDrive:/shop.json) -Raw | ConvertFrom-Json -AsHashtable
        ($json.parameters['item.name:0'].value | ConvertFrom-Json).Count | Should -Be 150
        { Export-RedisModel shop -Path TestDrive:/shop.onnx } | Should -Throw
    }
}
