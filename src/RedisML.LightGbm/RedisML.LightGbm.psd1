@{
    ModuleVersion        = '{version}'
    GUID                 = '8d1a52c4-3c7e-4f0b-9f57-2e6b1d90a7e3'
    Author               = 'The RedisML authors'
    CompanyName          = 'RedisML'
    Copyright            = '(c) The RedisML authors. MIT licence.'
    Description          = 'Gradient boosting by LightGBM for RedisML, which loads this where an algorithm or a model asks for it; importing it is optional.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    RequiredModules      = @(@{ ModuleName = 'RedisML'; RequiredVersion = '{version}' })
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Redis', 'MachineLearning', 'LightGBM', 'GradientBoosting')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'Goes with RedisML of the same version, whose notes tell the changes.'
        }
    }
}
