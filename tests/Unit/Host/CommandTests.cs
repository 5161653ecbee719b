using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Host;

/// <summary>The commands that the Host adds to the engine, which reach into the engine's internals.</summary>
public sealed class CommandTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task They_do_what_those_of_pwsh_do()
    {
        var script = _folder.Write("commands.ps1", """
            $rows = 1..5 | ForEach-Object { [pscustomobject] @{ A = $_; B = "b$_"; Ab = $_ * 1.5 } }
            function Check($what, $value) { "$what`: $($value -join ' ')" }

            Check 'output' (Write-Output 1 2 (3, 4) | ForEach-Object { "<$_>" })
            Check 'not enumerated' (Write-Output -NoEnumerate (1, 2) | ForEach-Object { $_.Count })
            Write-Host a b (1, (2, 3)) -Separator '-'
            Check 'first' ($rows | Select-Object -First 2).A
            Check 'skip' ($rows | Select-Object -Skip 1 -First 2).A
            Check 'last' ($rows | Select-Object -Last 2).A
            Check 'last skip' ($rows | Select-Object -Last 2 -Skip 1).A
            Check 'first last' ($rows | Select-Object -First 1 -Last 1).A
            $seen = 0
            Check 'stops upstream' (1..1000000 | ForEach-Object { $seen = $_; $_ } | Select-Object -First 2)
            Check 'seen' $seen
            Check 'wildcards' ($rows[1] | Select-Object A*, none)
            Check 'calculated' ($rows[1] | Select-Object @{ n = 'Twice'; e = { $_.A * 2 } }, { $_.B })
            Check 'expanded' ($rows | Select-Object -ExpandProperty B -First 3)
            Check 'expanded with' ($rows | Select-Object A -ExpandProperty B -Last 1).A
            Check 'string' ($rows[0] | Out-String -Stream)
            Check 'narrow' ($rows[0] | Format-Table | Out-String -Stream -Width 5)
            $rows[0] | Format-Table B, @{ n = 'X'; e = { $_.A / 2 }; f = 'N2' } -HideTableHeaders
            $rows[0] | Format-List A, B
            $rows | Select-Object -ExpandProperty none -First 1
            """);
        var result = await HostProcess.RunAsync(script);
        Assert.Equal("""
            output: <1> <2> <3 4>
            not enumerated: 2
            a-b-1-2-3
            first: 1 2
            skip: 2 3
            last: 4 5
            last skip: 3 4
            first last: 1 5
            stops upstream: 1 2
            seen: 2
            wildcards: @{A=2; Ab=3; none=}
            calculated: @{Twice=4;  $_.B =b2}
            expanded: b1 b2 b3
            expanded with: 5
            string:  A B    Ab - -    -- 1 b1 1.50
            narrow:  A B - -  1 b1

            b1 0.50


            A : 1
            B : b1


            """.ReplaceLineEndings("\n"), string.Join('\n', result.Output.Split('\n').Select(line => line.TrimEnd())));
        Assert.Contains("Property \"none\" cannot be found.", result.Error);
        Assert.Equal(0, result.ExitCode);
    }
}
