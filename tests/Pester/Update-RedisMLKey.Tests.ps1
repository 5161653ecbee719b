BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $before = $env:REDISML_CONNECTION, $env:REDISML_ENCRYPTION_KEY
    $env:REDISML_CONNECTION = $env:REDISML_ENCRYPTION_KEY = $null
    $server = Start-RedisMLServer
    $at = @{ HostName = $server.HostName; Port = $server.Port; Credential = $server.Credential }

    function New-Key { , [System.Security.Cryptography.RandomNumberGenerator]::GetBytes(32) }
}

AfterAll {
    Get-RedisMLConnection -All | Disconnect-RedisML
    $server | Stop-RedisMLServer
    $env:REDISML_CONNECTION, $env:REDISML_ENCRYPTION_KEY = $before
}

Describe 'Update-RedisMLKey' {
    AfterEach {
        $env:REDISML_ENCRYPTION_KEY = $null
    }

    It 'has another key open what is sealed' {
        $old, $new = (New-Key), (New-Key)
        $null = Connect-RedisML @at -Prefix rotated -EncryptionKey $old
        $null = 1..3 | ForEach-Object { [pscustomobject]@{ n = $_ } } | Import-RedisTrainingData -Dataset rows
        Update-RedisMLKey $new -Confirm:$false
        (Get-RedisMLConnection).EncryptionKeyId | Should -Not -BeNullOrEmpty
        { Connect-RedisML @at -Prefix rotated -EncryptionKey $old } | Should -Throw -ErrorId 'WrongEncryptionKey,*'
        $null = Connect-RedisML @at -Prefix rotated -EncryptionKey $new
        (Get-RedisTrainingData rows).n | Should -Be 1, 2, 3
    }

    It 'takes the key as <what>' -ForEach @(
        @{ what = 'bytes'; make = { , $args[0] } }
        @{ what = 'an array'; make = { , [object[]] $args[0] } }
        @{ what = 'Base64'; make = { [Convert]::ToBase64String($args[0]) } }
        @{ what = 'hexadecimal digits'; make = { [Convert]::ToHexString($args[0]) } }
        @{ what = 'a secure string'; make = { ConvertTo-SecureString ([Convert]::ToBase64String($args[0])) -AsPlainText -Force } }
    ) {
        $key = [byte[]] (1..32)
        (Connect-RedisML @at -Prefix forms -EncryptionKey (& $make $key)).EncryptionKeyId | Should -Match '^[0-9a-f]{16}$'
    }

    It 'is taken from the environment, and no form of the connection shows it' {
        $text = [Convert]::ToBase64String((New-Key))
        $env:REDISML_ENCRYPTION_KEY = $text
        $connection = Connect-RedisML @at -Prefix environment
        $connection.EncryptionKeyId | Should -Not -BeNullOrEmpty
        "$connection $($connection | Format-List * | Out-String) $($connection | ConvertTo-Json -Depth 3)" | Should -Not -Match ([regex]::Escape($text))
    }

    It 'refuses what is no key, without repeating it' {
        $failure = { Connect-RedisML @at -EncryptionKey 'correct horse' } | Should -Throw -PassThru -ErrorId 'InvalidEncryptionKey,*'
        "$failure" | Should -Not -Match 'horse'
        { Connect-RedisML @at -EncryptionKey ([byte[]]::new(16)) } | Should -Throw -ErrorId 'InvalidEncryptionKey,*'
    }

    It 'changes nothing with -WhatIf, and nothing without a key' {
        $key = New-Key
        $null = Connect-RedisML @at -Prefix asked -EncryptionKey $key
        Update-RedisMLKey (New-Key) -WhatIf
        Connect-RedisML @at -Prefix asked -EncryptionKey $key | Should -Not -BeNullOrEmpty
        $null = Connect-RedisML @at -Prefix asked
        { Update-RedisMLKey (New-Key) -Confirm:$false } | Should -Throw -ErrorId 'EncryptionKeyRequired,*'
    }

    It 'names what is sealed where there is no key' {
        $null = Connect-RedisML @at -Prefix named -EncryptionKey (New-Key)
        $null = [pscustomobject]@{ n = 1 } | Import-RedisTrainingData -Dataset hidden
        $null = Set-RedisModelParameter kept -Name weight -Value 1.5
        $null = Connect-RedisML @at -Prefix named
        Get-RedisDataset -ErrorVariable failures -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'EncryptionKeyRequired,*'
        "$failures" | Should -Match 'dataset:hidden'
        { Get-RedisTrainingData hidden } | Should -Throw -ErrorId 'EncryptionKeyRequired,*'
        { Get-RedisModelParameter kept } | Should -Throw -ErrorId 'EncryptionKeyRequired,*'
    }
}
