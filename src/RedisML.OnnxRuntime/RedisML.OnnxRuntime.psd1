@{
    ModuleVersion        = '{version}'
    GUID                 = 'e3a6b1d2-0c47-4a8e-9f35-1b7d58c2a9e4'
    Author               = 'The RedisML authors'
    CompanyName          = 'RedisML'
    Copyright            = '(c) The RedisML authors. MIT licence.'
    Description          = 'ONNX models for RedisML, which loads this when it meets one; importing it is optional.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    RequiredModules      = @(@{ ModuleName = 'RedisML'; RequiredVersion = '{version}' })
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Redis', 'MachineLearning', 'ONNX', 'Prediction')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'Goes with RedisML of the same version, whose notes tell the changes.'
        }
    }
}
