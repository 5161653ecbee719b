# Runs that go on until they are stopped, for the tests of what is done to runs.
function Start-Endless($model, $count = 1) {
    $job = Start-RedisDistributedTraining diamonds $model -Algorithm Softmax -Label clarity -Tolerance 0 -MaxIteration 100000 -NodeCount $count -MaxNode 4 -NodeTimeout 1 -WorkerCount 1
    [pscustomobject]@{ Job = $job; Id = (Get-RedisDistributedTraining -Model $model).Id }
}
function Wait-Run($id, $condition, $model = '*') {
    $which = $id ? @{ Id = $id } : @{ Model = $model }
    $deadline = [datetime]::Now.AddMinutes(2)
    while ([datetime]::Now -lt $deadline) {
        if (Get-RedisDistributedTraining @which | Where-Object $condition) { return }
        Start-Sleep -Milliseconds 20
    }
    throw "The run is still $(Get-RedisDistributedTraining @which | Out-String)"
}
