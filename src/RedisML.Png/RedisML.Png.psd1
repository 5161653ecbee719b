@{
    ModuleVersion        = '{version}'
    GUID                 = '0d9c5a7e-2f64-4b1e-8a3d-7e41c6b95f08'
    Author               = 'The RedisML authors'
    CompanyName          = 'RedisML'
    Copyright            = '(c) The RedisML authors. MIT licence.'
    Description          = 'Charts of RedisML as PNG, which loads this when a file ends in .png; importing it is optional.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    RequiredModules      = @(@{ ModuleName = 'RedisML'; RequiredVersion = '{version}' })
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Redis', 'MachineLearning', 'Chart', 'PNG')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'Goes with RedisML of the same version, whose notes tell the changes.'
        }
    }
}
