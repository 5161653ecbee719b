#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    $random = [Random]::new(3)
    $null = & { foreach ($user in 1..40) { foreach ($joke in 1..20) { if ($random.NextDouble() -lt 0.6) { [pscustomobject]@{ user = $user; joke = $joke; stars = 1 + ($user * $joke + $random.Next(2)) % 5; day = [datetime]'2026-01-01' } } } } } |
        Import-RedisTrainingData -Dataset jokes -Label stars
    $null = Start-RedisDistributedTraining jokes jokes -Algorithm MatrixFactorization -Option @{ User = 'user'; Item = 'joke'; Factors = 3 } -WorkerCount 1 -Wait -WarningVariable warnings
    $null = Start-RedisDistributedTraining jokes line -Algorithm Linear -Feature user, joke -WorkerCount 1 -Wait
    $cmdlet = 'RedisML.PowerShell.Recommending.AddRedisRatingCommand'
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Add-RedisRating' {
    It 'counts at once, for somebody whom training never saw' {
        $warnings | Should -BeNullOrEmpty
        $cold = Get-RedisRecommendation jokes -Count 3
        Add-RedisRating jokes -User 'anna' -Item $cold[0].ItemName -Rating 1 | Should -BeNullOrEmpty
        $now = Get-RedisRecommendation jokes -User anna -Count 20
        $now.ItemName | Should -Not -Contain $cold[0].ItemName
        $now.Basis | Select-Object -Unique | Should -Be 'Ratings'
        $now.Count | Should -Be 19
    }

    It 'takes ratings of the pipeline, and goes on behind one that is none' {
        $ratings = @{ User = 'ben'; Item = '3'; Rating = 5 }, @{ User = 'ben'; Item = 'none'; Rating = 5 }, @{ User = 'ben'; Item = '4'; Rating = [double]::NaN },
            @{ User = 'ben'; Item = '5'; Rating = 6 }, @{ User = 'ben'; Item = '6'; Rating = 2 } | ForEach-Object { [pscustomobject] $_ }
        $found = $ratings | Add-RedisRating jokes -PassThru -Count 4 -ErrorVariable problems -ErrorAction SilentlyContinue
        $found.Count | Should -Be 8
        $problems.FullyQualifiedErrorId | Should -Be "ItemNotFound,$cmdlet", "RatingOutOfRange,$cmdlet", "RatingOutOfRange,$cmdlet"
        (Get-RedisRecommendation jokes -User ben -Count 20).ItemName | Should -Not -Contain '6'
        (Get-RedisRecommendation jokes -User ben -Count 20).ItemName | Should -Contain '4'
    }

    It 'refuses objects that are no ratings one by one, and takes the others' {
        $ratings = @{ User = 'dora'; Item = '3'; Rating = 'many' }, @{ User = 'dora'; Rating = 3 }, @{ Who = 'dora'; What = '4'; Stars = 3 }, @{ User = ''; Item = '5'; Rating = 3 },
            @{ User = 'dora'; Item = '6'; Rating = [double]::PositiveInfinity }, @{ User = 'dora'; Item = '7'; Rating = 3 } | ForEach-Object { [pscustomobject] $_ }
        $found = $ratings | Add-RedisRating jokes -PassThru -Count 20 -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.Count | Should -Be 5
        $found.Count | Should -Be 19
        $found.ItemName | Should -Not -Contain '7'
    }

    It 'changes nothing with -WhatIf, and no model of another kind' {
        Add-RedisRating jokes -User carl -Item 3 -Rating 4 -WhatIf
        (Get-RedisRecommendation jokes -User carl -Count 1 -WarningAction SilentlyContinue).Basis | Should -Be 'Popularity'
        { Add-RedisRating line -User carl -Item 3 -Rating 4 } | Should -Throw -ErrorId "ModelKindMismatch,$cmdlet"
        { Add-RedisRating jokesters -User carl -Item 3 -Rating 4 } | Should -Throw -ErrorId "ModelNotFound,$cmdlet"
    }
}
