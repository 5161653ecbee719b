BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
}

Describe 'Get-RedisMLAccessRule' {
    It 'prints a rule for each role, without a connection' {
        $rules = Get-RedisMLAccessRule
        $rules.Role | Should -Be Read, Train, Import, Serve, All
        $rules.Rule | ForEach-Object { $_ | Should -BeLike 'resetkeys resetchannels -@all +auth *~redisml:*' }
    }

    It 'is for some datasets, which come from the pipeline too' {
        $rule = 'a', 'b' | ForEach-Object { [pscustomobject] @{ Name = $_ } } | Get-RedisMLAccessRule Read
        $rule.Datasets | Should -Be a, b
        $rule.Rule | Should -BeLike '* %R~redisml:dataset:a %R~redisml:dataset:a:* %R~redisml:dataset:b %R~redisml:dataset:b:* *'
        $rule.Rule | Should -Not -BeLike '*redisml:dataset:`**'
    }

    It 'is for another prefix' {
        (Get-RedisMLAccessRule All -Prefix team).Rule | Should -BeLike '* ~team:`* &team:run:`*'
    }

    It 'refuses what is no name, and would widen the rule' {
        { Get-RedisMLAccessRule Read 'x ~*' } | Should -Throw -ErrorId 'InvalidName,RedisML.PowerShell.Connections.GetRedisMLAccessRuleCommand'
    }

    It 'has a table view within 80 columns that shows the whole rule' {
        $text = Get-RedisMLAccessRule Serve | Out-String -Width 80
        $text | Should -BeLike '*Role*Prefix*Rule*Serve*redisml*'
        ($text -replace '\s') | Should -BeLike '*%R~redisml:model:`**'
    }
}
