#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    1..50 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_ + 1 } } | Import-RedisTrainingData -Dataset line -Label y | Out-Null
    1..3 | ForEach-Object { $null = Start-RedisDistributedTraining line price -Algorithm Linear -L2 $_ -WorkerCount 1 -Wait }
    $cmdlet = 'RedisML.PowerShell.Models.PublishRedisModelCommand'
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Publish-RedisModel' {
    It 'makes an alias name a version, which every cmdlet then takes' {
        $published = Publish-RedisModel price -Version 1 -Alias champion -Reason 'the first'
        $published.Version | Should -Be 1
        $published.Aliases | Should -Be 'champion'
        (Get-RedisModel price@champion).Version | Should -Be 1
        (Get-RedisModelParameter price@champion weight).Value | Should -Be (Get-RedisModelParameter price -Version 1 weight).Value
        (Test-RedisModel price@champion -Dataset line).ModelVersion | Should -Be 1
        (@{ x = 3 } | Invoke-RedisPrediction price@champion).Prediction | Should -Be (@{ x = 3 } | Invoke-RedisPrediction price@1).Prediction
        (Export-RedisModel price@champion "$TestDrive/m.json").Name | Should -Be 'm.json'
    }

    It 'takes the version with the name, and from the pipeline' {
        (Publish-RedisModel price@2 -Alias second).Version | Should -Be 2
        (Get-RedisModel price@2 | Publish-RedisModel -Alias piped).Aliases | Should -Be 'piped', 'second'
        (Publish-RedisModel price -Alias newest).Version | Should -Be 3
    }

    It 'keeps who moved it, when and why, and goes back' {
        $null = Publish-RedisModel price@3 -Alias champion -Reason 'better'
        $move = (Get-RedisModel price -History)[-1]
        $move.From, $move.Version, $move.Reason | Should -Be 1, 3, 'better'
        $move.By | Should -BeLike '*@*'
        (Publish-RedisModel price -Alias champion -Rollback).Version | Should -Be 1
        (Get-RedisModel price -History)[-1].Rollback | Should -BeTrue
        { Publish-RedisModel price -Alias champion -Rollback } | Should -Throw -ErrorId "NoEarlierVersion,$cmdlet"
        (Get-RedisModel price -History | Out-String) | Should -Match 'champion\s+1\s+3'
    }

    It 'moves it only from where it is expected' {
        { Publish-RedisModel price@2 -Alias champion -IfVersion 3 } | Should -Throw -ErrorId "AliasMoved,$cmdlet"
        (Publish-RedisModel price@2 -Alias champion -IfVersion 1).Aliases | Should -Contain 'champion'
        { Publish-RedisModel price@2 -Alias champion -IfVersion 0 } | Should -Throw -ErrorId "AliasMoved,$cmdlet"
    }

    It 'takes an alias away' {
        $null = Publish-RedisModel price -RemoveAlias newest
        { Get-RedisModel price@newest -ErrorAction Stop } | Should -Throw -ErrorId 'ModelAliasNotFound,*'
    }

    It 'writes a description and tags beside the version' {
        $described = Publish-RedisModel price@1 -Description 'straight' -Tag @{ team = 'pricing'; stage = 2 }
        $described.Description, $described.Tags['team'], $described.Tags['stage'] | Should -Be 'straight', 'pricing', '2'
        (Publish-RedisModel price@1 -Description '').Description | Should -BeNullOrEmpty
    }

    It 'notes the module and the run that a version came from' {
        (Get-RedisModel price@1).Definition.Lineage.Module | Should -Not -BeNullOrEmpty
    }

    It 'does nothing with -WhatIf, and refuses what cannot be' {
        Publish-RedisModel price@3 -Alias never -WhatIf
        { Get-RedisModel price@never -ErrorAction Stop } | Should -Throw -ErrorId 'ModelAliasNotFound,*'
        { Publish-RedisModel price -Alias 3rd } | Should -Throw -ErrorId "InvalidAlias,$cmdlet"
        { Publish-RedisModel price } | Should -Throw -ErrorId "NothingToPublish,$cmdlet"
        { Publish-RedisModel price -Version 9 -Alias champion } | Should -Throw -ErrorId "ModelVersionNotFound,$cmdlet"
        { Publish-RedisModel nothing -Alias champion } | Should -Throw -ErrorId "ModelNotFound,$cmdlet"
    }

    It 'completes aliases and versions behind the name' {
        (TabExpansion2 'Get-RedisModel price@ch').CompletionMatches.ListItemText | Should -Be 'price@champion'
        (TabExpansion2 'Get-RedisModel price@').CompletionMatches.ListItemText | Should -Be 'price@champion', 'price@piped', 'price@second',
            'price@3', 'price@2', 'price@1'
        (TabExpansion2 'Publish-RedisModel price -Alias ch').CompletionMatches.CompletionText | Should -Be 'champion'
    }

    It 'lists all versions' {
        (Get-RedisModel price -AllVersion).Version | Should -Be 1, 2, 3
        (Get-RedisModel price -AllVersion)[1].Aliases | Should -Contain 'champion'
    }
}
