# What steps of build systems print and how they end: those of the samples, each in a process of its own.

BeforeAll {
    . "$PSScriptRoot/Servers.ps1"
    . "$PSScriptRoot/SourceTree.ps1"
    $files = [System.Collections.Generic.HashSet[string]] @(Get-SourceFile)
    Import-Module "$PSScriptRoot/../../artifacts/RedisML"
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $server = Start-RedisMLServer
    $environment = @{
        REDISML_CONNECTION = "redis://:$([uri]::EscapeDataString($server.Credential.GetNetworkCredential().Password))@127.0.0.1:$($server.Port)"
        AGENT_TEMPDIRECTORY = "$TestDrive"; GITHUB_STEP_SUMMARY = "$TestDrive/summary.md"
        TF_BUILD = ''; GITHUB_ACTIONS = ''; NO_COLOR = '1'
    }

    # A step as the agents run it: a script in a process, which stops at the first error.
    function Invoke-Step([string] $script, [hashtable] $with = @{}) {
        $path = "$TestDrive/step.ps1"
        Set-Content $path "`$ErrorActionPreference = 'Stop'", $script
        $start = [System.Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        $start.WorkingDirectory = $root
        foreach ($word in "$root/artifacts/bin/RedisML.Host/debug/RedisML.Host.dll", '-NoProfile', '-NonInteractive', '-File', $path) { $start.ArgumentList.Add($word) }
        $all = $environment.Clone()
        foreach ($name in $with.Keys) { $all[$name] = $with[$name] }
        foreach ($pair in $all.GetEnumerator()) {
            if ($pair.Value) { $start.Environment[$pair.Key] = $pair.Value } else { $null = $start.Environment.Remove($pair.Key) }
        }
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        [pscustomobject] @{ ExitCode = $process.ExitCode; Output = $output; Lines = $output -split '\r?\n'; Error = $errors.Result }
    }

    # The scripts of a sample's steps but for the installation: what stands behind 'pwsh:' or 'run:'.
    function Get-Step([string] $path) {
        $text = (Get-Content -Raw "$root/samples/$path") -replace '\r'
        foreach ($match in [regex]::Matches($text, '(?m)^( *)(- )?(?:pwsh|run): (?:\|\n((?:\1(?(2)    |  ).*\n|\n)+)|(.+))')) {
            $script = $match.Groups[3].Success ? $match.Groups[3].Value -replace '(?m)^ +' : $match.Groups[4].Value
            if ($script -notlike 'Install-*') { $script }
        }
    }
}

AfterAll { Stop-RedisMLServer $server }

Describe 'Build systems' {
    It 'runs the steps of the sample for Azure Pipelines, whose verdict is on the summary' {
        $steps = @(Get-Step azure-pipelines-nightly.yml)
        $steps.Count | Should -Be 3
        $results = foreach ($step in $steps) { Invoke-Step $step @{ TF_BUILD = 'True'; BUILD_BUILDNUMBER = '7' } }
        $results.ExitCode | Should -Be 0, 0, 0 -Because ($results.Error -join '')
        $results[2].Output | Should -Match 'champion'
        $path = @($results[2].Lines -match '^##vso\[task\.uploadsummary\]') -replace '^##vso\[task\.uploadsummary\]'
        Get-Content -Raw $path | Should -Match '(?s)### price, version 1, passed.*\| Rmse \| 11'
    }

    It 'runs them elsewhere too, with plain lines alone' {
        $results = foreach ($step in Get-Step github-actions-nightly.yml) { Invoke-Step $step }
        $results.ExitCode | Should -Be 0, 0, 0 -Because ($results.Error -join '')
        $results.Output | Should -Not -Match '##vso|::'
    }

    It 'ends with exit code 1 where a model is rejected, says why, and counts it as an error once' {
        $gate = 'Test-RedisModel price -Dataset diamonds-test -Maximum @{ Rmse = 100 }'
        $azure = Invoke-Step $gate @{ TF_BUILD = 'True' }
        $azure.ExitCode | Should -Be 1
        @($azure.Lines -like '##vso`[task.logissue type=error`]*Rmse is 11*').Count | Should -Be 1
        $path = @($azure.Lines -match '^##vso\[task\.uploadsummary\]') -replace '^##vso\[task\.uploadsummary\]'
        Get-Content -Raw $path | Should -Match '(?s)rejected.*- Rmse is 11.*may be at most 100'
        $github = Invoke-Step $gate @{ GITHUB_ACTIONS = 'true' }
        $github.ExitCode | Should -Be 1
        @($github.Lines -like '::error::*Rmse is 11*').Count | Should -Be 1
        Get-Content -Raw "$TestDrive/summary.md" | Should -Match 'rejected'
    }

    It 'counts a warning once, escaped, unless warnings are silenced' {
        $import = 'Set-Content "$env:AGENT_TEMPDIRECTORY/%.csv" ("a%,b", ((1..30 | ForEach-Object { "$_,1" }) + "NA,2"))
            Import-RedisTrainingData "$env:AGENT_TEMPDIRECTORY/%.csv" -Dataset percent -Force'
        $lines = (Invoke-Step $import @{ TF_BUILD = 'True' }).Lines
        @($lines -like '##vso`[task.logissue type=warning`]*a%AZP25*').Count | Should -Be 1
        $silent = Invoke-Step "`$WarningPreference = 'SilentlyContinue'; $import" @{ TF_BUILD = 'True' }
        $silent.ExitCode | Should -Be 0
        $silent.Output | Should -Not -Match 'logissue'
    }

    It 'leaves nothing behind in the source tree' {
        Get-SourceFile | Where-Object { -not $files.Contains($_) } | Should -BeNullOrEmpty
    }
}
