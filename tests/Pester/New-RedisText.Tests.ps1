#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $null = Connect-RedisML -Embedded -Prefix "test-$([guid]::NewGuid().ToString('N'))"
    $null = 'To be, or not to be.', 'To be, or not to be.', 'To sleep, or to dream.', 'To dream is not to be.' | Add-RedisLanguageModelText hamlet
}

AfterAll {
    Disconnect-RedisML
}

Describe 'New-RedisText' {
    It 'writes the same by the same seed, others by others' {
        $texts = 1..8 | ForEach-Object { New-RedisText hamlet -Seed $_ }
        $texts | Should -BeExactly (1..8 | ForEach-Object { New-RedisText hamlet -Seed $_ })
        ($texts | Select-Object -Unique).Count | Should -BeGreaterThan 3
    }

    It 'goes on from a text, at the temperature 0 by the most probable way' {
        $expected = 'To be,'
        while (-not ($next = Get-RedisNextToken hamlet $expected -Count 1).IsEnd) { $expected += $next.Token -match '\w' ? " $next" : "$next" }
        New-RedisText hamlet 'To be,' -Temperature 0 -Seed 1 | Should -BeExactly $expected
        New-RedisText hamlet 'To be, ' -Temperature 0 -Length 1 | Should -BeExactly ($expected -replace '^(To be, \w+).*', '$1')
    }
}
