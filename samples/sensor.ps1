#requires -Version 7.6
<#
    A machine's sensor is learned as it speaks: a model of its faults learns from each reading, a service answers by the newest version,
    and when the machine changes, the drift is alarmed.

    Without parameters it runs over an embedded server, which ends with it. -ConnectionString takes a Redis of your own.
#>
param(
    [string] $ConnectionString,
    [int] $Reading = 2000
)
$ErrorActionPreference = 'Stop'

if ($ConnectionString) { $null = Connect-RedisML $ConnectionString } else { $null = Connect-RedisML -Embedded }

$random = [Random]::new(42)

# Readings of a machine, and whether it failed soon after. A worn bearing fails at other temperatures than a new one.
function Get-Reading([int] $count, [switch] $worn) {
    foreach ($i in 1..$count) {
        $temperature = 40 + 30 * $random.NextDouble()
        $vibration = $random.NextDouble()
        $risk = ($temperature - 55) / 5 + 3 * ($vibration - 0.5)
        @{
            machine = @('press', 'lathe', 'mill')[$random.Next(3)]
            temperature = [Math]::Round($temperature, 2)
            vibration = [Math]::Round($vibration, 3)
            fault = ($worn ? -$risk : $risk) + $random.NextDouble() - 0.5 -gt 0 ? 'yes' : 'no'
        }
    }
}

function Wait-Learning([long] $samples) {
    while ((Get-RedisOnlineTraining fault).Samples -lt $samples) { Start-Sleep -Milliseconds 50 }
}

Write-Host "1. $Reading readings come in, and are learned one by one."
Get-Reading $Reading | Add-RedisTrainingSample -List sensor
$beat = @{ Alias = 'live'; PublishInterval = 0.5; MetricInterval = 100 }
$training = Start-RedisOnlineTraining fault -List sensor -Algorithm Logistic -Label fault @beat
Wait-Learning $Reading
Get-RedisOnlineTraining fault | Format-Table

Write-Host '2. A service follows the alias, and answers while the model goes on learning.'
while (-not (Get-RedisModel fault -ErrorAction Ignore).Aliases) { Start-Sleep -Milliseconds 50 }
$service = Start-RedisPredictionService fault@live
@{ machine = 'press'; temperature = 68; vibration = 0.9 } | Invoke-RedisPrediction -Service fault | Format-Table Prediction, Probability

Write-Host '3. The bearing wears out: readings mean something else now.'
Get-Reading $Reading -worn | Add-RedisTrainingSample -List sensor
Wait-Learning (2 * $Reading)
$after = Get-RedisOnlineTraining fault
Write-Host "   Drift alarmed $($after.Drifts) time(s), last at reading $($after.Figures.LastDrift)."

Write-Host '4. The accuracy of predictions, each made before its reading was learned.'
Show-RedisTrainingMetric fault accuracy

Stop-Job $service, $training
Remove-Job $service, $training
