#requires -Version 7.6
<#
    The main job on real data: 53,940 diamonds go from a CSV file into Redis, are split, train a model in two runspaces, test it and
    leave it as an ONNX file, in the folder for temporary files unless -OutFile says where.

    Without parameters it runs over an embedded server, which ends with it. -ConnectionString takes a Redis of your own.
#>
param(
    [string] $ConnectionString,
    [string] $Path = "$PSScriptRoot/data/diamonds.csv.gz",
    [string] $OutFile = (Join-Path ([System.IO.Path]::GetTempPath()) price.onnx)
)
$ErrorActionPreference = 'Stop'

if ($ConnectionString) { $null = Connect-RedisML $ConnectionString } else { $null = Connect-RedisML -Embedded }

Write-Host '1. Import: rows stream into Redis as compressed Arrow chunks.'
Import-RedisTrainingData $Path -Dataset diamonds -Label price | Format-Table

Write-Host '2. What is in it?'
Measure-RedisDataset diamonds | Format-Table

Write-Host '3. Split: 20 % of the rows are kept for the test.'
Split-RedisDataset diamonds -TestFraction 0.2 -Seed 42 | Format-Table

Write-Host '4. Train a linear model of the price, in two runspaces.'
Start-RedisDistributedTraining -Dataset diamonds-train -Model price -Algorithm Linear -WorkerCount 2 -Wait | Format-Table

Write-Host '5. Test it on rows that it has not seen.'
$test = Test-RedisModel price -Dataset diamonds-test
$test | Format-Table

Write-Host '6. Its parameters lie in a Redis hash, for any client to read.'
Get-RedisModelParameter -Model price | Format-Table

Write-Host '7. Export: the whole pipeline as ONNX, raw columns in, price out.'
$file = Export-RedisModel price -Path $OutFile -Force
Write-Host "   $($file.FullName), $($file.Length) bytes"

Write-Host ('R2 on {0} unseen diamonds: {1:N4}, RMSE {2:N0} USD' -f $test.Rows, $test.R2, $test.Rmse)
