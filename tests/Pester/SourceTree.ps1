# The root of the project, from where users start samples, and all that lies beside these: for the tests that a sample leaves nothing there
# that Git would see.
function Get-SourceFile {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    (Get-ChildItem $root -Force | Where-Object Name -NotIn artifacts, TestResults, BenchmarkDotNet.Artifacts, .vs, .idea).FullName
    (Get-ChildItem "$root/samples" -Recurse -Force).FullName
}
