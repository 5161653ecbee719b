# The files of the source tree that Git would see, for the tests that a sample leaves none behind.
function Get-SourceFile {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    Get-ChildItem $root -File -Force | ForEach-Object FullName
    'docs', 'samples', 'src', 'tests' | ForEach-Object { Get-ChildItem "$root/$_" -Recurse -File -Force } |
        Where-Object FullName -NotMatch '[/\\](bin|obj|TestResults)[/\\]' | ForEach-Object FullName
}
