@{
    ModuleVersion        = '{version}'
    GUID                 = 'c1f7a3de-52b9-4f06-8f4d-6a0e9b2d7c15'
    Author               = 'The RedisML authors'
    CompanyName          = 'RedisML'
    Copyright            = '(c) The RedisML authors. MIT licence.'
    Description          = 'Parquet files for RedisML, which loads this when it meets one; importing it is optional.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    RequiredModules      = @(@{ ModuleName = 'RedisML'; RequiredVersion = '{version}' })
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Redis', 'MachineLearning', 'Parquet', 'Arrow')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'Goes with RedisML of the same version, whose notes tell the changes.'
        }
    }
}
