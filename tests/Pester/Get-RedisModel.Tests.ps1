#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    1..50 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_ + 1 } } | Export-Csv "$TestDrive/line.csv"
    $null = Import-RedisTrainingData "$TestDrive/line.csv" -Dataset line -Label y
    $null = Start-RedisDistributedTraining -Dataset line -Model trained -Algorithm Linear -WorkerCount 1 -Wait
    Set-RedisModelParameter handmade w 1
}

AfterAll {
    Disconnect-RedisML
}

Describe 'Get-RedisModel' {
    It 'lists all models' {
        (Get-RedisModel).Name | Should -Be 'handmade', 'trained'
    }

    It 'says what training produced' {
        $model = Get-RedisModel trained
        $model.Version | Should -Be 1
        $model.Algorithm | Should -Be 'Linear'
        $model.Dataset | Should -Be 'line'
        $model.Definition.Pipeline.Inputs.Name | Should -Be 'x'
        $model.Definition.Lineage.RowsUsed | Should -Be 50
        $model.Parameters | Should -Be 'intercept', 'weight'
    }

    It 'keeps a trained version when a parameter of it is set' {
        Set-RedisModelParameter trained intercept 5.5
        $now = Get-RedisModel trained
        $now.Version | Should -Be 2
        $now.Modified | Should -BeTrue
        (Get-RedisModel trained -Version 1).Modified | Should -BeFalse
        (Get-RedisModelParameter trained intercept -Version 1).Value | Should -Not -Be 5.5
    }

    It 'takes a version with the name, a pattern too' {
        (Get-RedisModel trained@1).Version | Should -Be 1
        (Get-RedisModel 'train*@1').Version | Should -Be 1
        (Get-RedisModelParameter trained@2 intercept).Value | Should -Be 5.5
        { Get-RedisModel trained@x -ErrorAction Stop } | Should -Throw -ErrorId 'ModelAliasNotFound*'
        { Get-RedisModel trained@0 } | Should -Throw -ErrorId 'InvalidModelReference*'
        { Get-RedisModel trained@1 -Version 2 } | Should -Throw -ErrorId 'InvalidModelReference*'
        { Get-RedisModel trained@9 -ErrorAction Stop } | Should -Throw -ErrorId 'ModelVersionNotFound*'
    }

    It 'takes names with wildcards, and from the pipeline' {
        (Get-RedisModel hand*).Name | Should -Be 'handmade'
        ('handmade', 'trained' | Get-RedisModel).Count | Should -Be 2
        Get-RedisModel zzz* | Should -BeNullOrEmpty
    }

    It 'shows a table' {
        Get-RedisModel trained | Out-String | Should -Match 'trained\s+\d+\s+Linear\s+line'
    }

    It 'names the nearest model where one is unknown' {
        { Get-RedisModel tarined -ErrorAction Stop } |
            Should -Throw "*Did you mean 'trained'?*" -ErrorId 'ModelNotFound,RedisML.PowerShell.Models.GetRedisModelCommand'
        { Get-RedisModel trained -Version 9 -ErrorAction Stop } |
            Should -Throw -ErrorId 'ModelVersionNotFound,RedisML.PowerShell.Models.GetRedisModelCommand'
    }

    It 'completes names' {
        (TabExpansion2 'Get-RedisModel tr').CompletionMatches.CompletionText | Should -Be 'trained'
    }

    It 'completes nothing without a connection, and says nothing' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript({
            param($module)
            Import-Module $module
            (TabExpansion2 'Get-RedisModel tr').CompletionMatches | Where-Object ResultType -EQ ParameterValue
        }).AddArgument((Get-Module RedisML).Path)
        $shell.Invoke() | Should -BeNullOrEmpty
        $shell.Streams.Error | Should -BeNullOrEmpty
        $shell.Dispose()
    }
}
