@{
    RootModule           = 'RedisML.PowerShell.dll'
    NestedModules        = @('RedisML.Loading.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = '5b0c8c4e-6d0b-4c1a-9a53-2f8a7a1c9d34'
    Author               = 'The RedisML authors'
    CompanyName          = 'RedisML'
    Copyright            = '(c) The RedisML authors. MIT licence.'
    Description          = 'Machine-learning data pipelines in Redis: import, train in parallel and online, evaluate, recommend, serve and export, without leaving the shell.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('RedisML.Format.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @(
        'Connect-RedisML', 'Disconnect-RedisML'
        'Get-RedisMLConnection', 'Test-RedisMLConnection', 'Get-RedisMLAccessRule', 'Update-RedisMLKey'
        'Start-RedisMLServer', 'Stop-RedisMLServer', 'Get-RedisMLServer'
        'Import-RedisTrainingData', 'Get-RedisTrainingData', 'Export-RedisTrainingData'
        'Get-RedisDataset', 'Set-RedisDataset', 'Remove-RedisDataset', 'Split-RedisDataset', 'Measure-RedisDataset'
        'Show-RedisDataset'
        'Set-RedisModelParameter', 'Get-RedisModelParameter', 'Remove-RedisModelParameter'
        'Get-RedisModel', 'Remove-RedisModel', 'Export-RedisModel', 'Import-RedisModel', 'Test-RedisModel', 'Publish-RedisModel'
        'Measure-RedisFeatureImportance', 'Invoke-RedisPrediction'
        'Add-RedisRating', 'Get-RedisRecommendation'
        'Start-RedisPredictionService', 'Get-RedisPredictionService', 'Stop-RedisPredictionService'
        'Start-RedisDistributedTraining', 'Join-RedisDistributedTraining', 'Get-RedisDistributedTraining'
        'Stop-RedisDistributedTraining', 'Resume-RedisDistributedTraining', 'Remove-RedisDistributedTraining'
        'Add-RedisLanguageModelText', 'Get-RedisNextToken', 'New-RedisText', 'Measure-RedisLanguageModel'
        'Get-RedisTrainingMetric', 'Show-RedisTrainingMetric'
        'Add-RedisTrainingSample', 'Start-RedisOnlineTraining', 'Get-RedisOnlineTraining', 'Stop-RedisOnlineTraining'
        'Remove-RedisOnlineTraining'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('Redis', 'MachineLearning', 'Arrow', 'CSV', 'ONNX', 'ETL', 'Training', 'Recommendation', 'NeuralNetwork')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'The first version. Get-Help about_RedisML lists the topics; CHANGELOG.md of the repository has the changes.'
        }
    }
}
