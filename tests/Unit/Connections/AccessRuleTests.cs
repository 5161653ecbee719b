using System.Text.RegularExpressions;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Connections;

/// <summary>Each role on a real server: its work is done under its printed rule, and everything else is refused.</summary>
public sealed class AccessRuleTests(AccessRuleTests.Shared shared) : IClassFixture<AccessRuleTests.Shared>, IDisposable
{
    /// <summary>Of the rules whose keys are named below.</summary>
    const string Prefix = "team";

    readonly TemporaryFolder _folder = new();

    /// <summary>Of what a test's cmdlets write.</summary>
    readonly string _own = TestPrefix.New();

    readonly RedisServer _server = shared.Server;
    readonly ConnectionMultiplexer _admin = shared.Admin;

    public void Dispose() => _folder.Dispose();

    /// <summary>One server, whose users each test makes anew, and one engine.</summary>
    public sealed class Shared : IDisposable
    {
        readonly Lazy<RedisServer> _server = new(() => new());
        readonly Lazy<ConnectionMultiplexer> _admin;

        public Shared() => _admin = new(() => ConnectionMultiplexer.Connect($"127.0.0.1:{Server.Port},allowAdmin=true"));

        public RedisServer Server
        {
            get
            {
                RedisServer.SkipIfMissing();
                return _server.Value;
            }
        }

        public ConnectionMultiplexer Admin => _admin.Value;

        public HostedEngine Engine { get; } = new();

        public void Dispose()
        {
            Engine.Dispose();
            if (_admin.IsValueCreated) Admin.Dispose();
            if (_server.IsValueCreated) _server.Value.Dispose();
        }
    }

    /// <summary>What lies there for the roles that import nothing.</summary>
    const string Preparation = """
        $null = Import-RedisTrainingData $Path -Dataset points -Label y
        $null = Import-RedisTrainingData $Path -Dataset others -Layout Hash -Key x
        $null = Import-RedisTrainingData $Path -Dataset events -Layout Stream
        $null = Start-RedisDistributedTraining points line -Algorithm Linear -Wait
        $null = Add-RedisLanguageModelText speech 'to be or not to be' -MaximumContext 5
        1..100 | ForEach-Object { @{ user = $_ % 20; film = ($_ * 7) % 11; stars = 1 + $_ % 5 } } |
            Import-RedisTrainingData -Dataset ratings -Label stars
        $null = Start-RedisDistributedTraining ratings films -Algorithm MatrixFactorization -Option @{ Item = 'film'; Factors = 4 } -Wait
        """;

    const string Reading = """
        if (@(Get-RedisDataset).Count -lt 3) { throw 'datasets are missing' }
        foreach ($name in 'points', 'others', 'events') {
            if (@(Get-RedisTrainingData $name).Count -ne 200) { throw "rows of $name are missing" }
            if (@(Measure-RedisDataset $name).Count -ne 2) { throw "columns of $name are missing" }
        }
        $null = Export-RedisTrainingData points "$Path.out.csv"
        if ((Test-RedisModel line -Dataset points).R2 -lt 0.9) { throw 'the model is bad' }
        $null = Get-RedisModelParameter line
        $null = Export-RedisModel line "$Path.onnx" -Force
        if ((Get-RedisNextToken speech 'to').Token -notcontains 'be') { throw 'no token' }
        $null = New-RedisText speech
        $null = Measure-RedisLanguageModel speech 'to be'
        if ((Get-RedisDistributedTraining).State -contains 'Failed') { throw 'a run failed' }
        $null = Get-RedisDistributedTraining | Get-RedisTrainingMetric
        $null = Show-RedisDataset points
        $null = (Get-RedisDistributedTraining).where{ $_.Model -eq 'films' } | Show-RedisTrainingMetric
        if (@(Measure-RedisFeatureImportance line points).Count -ne 1) { throw 'no importance' }
        $null = Get-RedisModel line -AllVersion
        $null = Get-RedisModel line -History
        if (Get-RedisTrainingData points -First 3 | Invoke-RedisPrediction line | Where-Object { $null -eq $_.Prediction }) {
            throw 'no prediction'
        }
        if (@(Get-RedisRecommendation films -User 3 -Count 2 -Dataset ratings -Filter 'stars > 0').Count -ne 2) { throw 'no recommendation' }
        $null = Get-RedisOnlineTraining
        """;

    const string Training = """
        $run = Start-RedisDistributedTraining points line -Algorithm Logistic -Derive @{ high = 'y > 100' } -Label high -MaxIteration 20 -Wait
        if ($run.State -ne 'Completed') { throw "$($run.State): $($run.Reason)" }
        $job = Start-RedisDistributedTraining points pair -Algorithm Linear -Optimizer Lbfgs -NodeCount 2 -Seed 1
        $joined = Join-RedisDistributedTraining $job.Run.Id
        $null = $job, $joined | Wait-Job -Timeout 120
        if ((Get-RedisDistributedTraining $job.Run.Id).State -ne 'Completed') { throw "$((Get-RedisDistributedTraining $job.Run.Id).State)" }
        $slow = Start-RedisDistributedTraining points slow -Algorithm Linear -Optimizer Sgd -Epoch 1000000 -LearningRate 1e-9
        while ((Get-RedisDistributedTraining $slow.Run.Id).Step -lt 3) { [System.Threading.Thread]::Sleep(100) }
        $null = Stop-RedisDistributedTraining $slow.Run.Id
        $null = $slow | Wait-Job -Timeout 120
        $again = Resume-RedisDistributedTraining $slow.Run.Id
        $step = (Get-RedisDistributedTraining $slow.Run.Id).Step
        while ((Get-RedisDistributedTraining $slow.Run.Id).Step -lt $step + 3) { [System.Threading.Thread]::Sleep(100) }
        $null = Stop-RedisDistributedTraining $slow.Run.Id
        $null = $again | Wait-Job -Timeout 120
        $null = Get-RedisTrainingMetric $slow.Run.Id
        Remove-RedisDistributedTraining $slow.Run.Id -Confirm:$false
        if ((1..50 | Add-RedisLanguageModelText speech -Source numbers).Evicted -lt 40) { throw 'the budget is not held' }
        foreach ($from in @{ List = 'fresh' }, @{ Stream = 'clicks' }) {
            1..20 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_ } } | Add-RedisTrainingSample @from
            $learned = Start-RedisOnlineTraining learned @from -Algorithm Linear -Label y -Once -Wait
            if ((Get-RedisOnlineTraining learned).Samples -ne 20) { throw "$((Get-RedisOnlineTraining learned).Samples) samples" }
            Remove-RedisOnlineTraining learned -Confirm:$false
        }
        1..20 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_ } } | Add-RedisTrainingSample -List steady
        $steady = Start-RedisOnlineTraining steady -List steady -Algorithm Linear -Label y
        Stop-RedisOnlineTraining steady
        $null = $steady | Wait-Job -Timeout 120
        foreach ($what in @{ Algorithm = 'Network'; Epoch = 2 }, @{ Algorithm = 'LightGbm'; Option = @{ num_iterations = 3 } }) {
            $run = Start-RedisDistributedTraining points other @what -Validation points -Wait
            if ($run.State -ne 'Completed') { throw "$($what.Algorithm) $($run.State): $($run.Reason)" }
        }
        $run = Start-RedisDistributedTraining ratings films -Algorithm MatrixFactorization -Option @{ Item = 'film'; Factors = 4 } -Wait
        if ($run.State -ne 'Completed') { throw "$($run.State): $($run.Reason)" }
        $step = { param($batch, $parameters) @{ slope = $parameters.slope } }
        $run = Start-RedisDistributedTraining points own -ScriptBlock $step -Reduce Average -InitialParameter @{ slope = 1.0 } -Epoch 1 -Wait
        if ($run.State -ne 'Completed') { throw "$($run.State): $($run.Reason)" }
        $null = Publish-RedisModel other -Version 1 -Alias champion -Description 'the first' -Tag @{ team = 'a' }
        $null = Publish-RedisModel other -Version 2 -Alias champion
        $null = Publish-RedisModel other -Alias champion -Rollback
        $null = Publish-RedisModel other -RemoveAlias champion
        $null = Export-RedisModel line "$Path.safetensors" -Force
        $null = Import-RedisModel "$Path.safetensors" -Name again
        Set-RedisModelParameter mine rate 0.5
        Set-RedisModelParameter mine rate 0.5 -Add
        Set-RedisModelParameter mine large ([double[]]::new(3e6)) -Compression None -TimeToLive 0:01:30.5
        $null = Get-RedisModelParameter mine large
        Set-RedisModelParameter line threshold 0.5
        Remove-RedisModelParameter mine rate
        Remove-RedisModel mine, speech -Confirm:$false
        """;

    const string Importing = """
        $null = Import-RedisTrainingData $Path -Dataset points -Force
        $null = Import-RedisTrainingData $Path -Dataset points -Label y -Append -NullValue '5'
        Set-RedisDataset points -Label x
        $null = Split-RedisDataset points -TestFraction 0.25 -Seed 1 -Force
        foreach ($try in 1..2) {
            $null = Import-RedisTrainingData $Path -Dataset keyed -Layout Hash -Key x -TimeToLive 1:00:00.5 -Force
            $null = Import-RedisTrainingData $Path -Dataset numbered -Layout Hash -Force
            $null = Import-RedisTrainingData $Path -Dataset logged -Layout Stream -Force
        }
        if (@(Get-RedisTrainingData logged).Count -ne 200) { throw 'rows are missing' }
        $null = Import-RedisTrainingData $Path -Dataset logged -Append -NullValue '5'
        [System.IO.File]::WriteAllText("$Path.bad.csv", "x,y`n1,2`n1,x")
        try { $null = Import-RedisTrainingData "$Path.bad.csv" -Dataset logged -Append } catch { $null = $_ }
        Remove-RedisDataset points-test, keyed, numbered, logged -Confirm:$false
        """;

    /// <summary>What reads models and writes datasets.</summary>
    const string Predicting = """
        foreach ($more in @{ OutputDataset = 'alone' }, @{ OutputDataset = 'shared'; NodeCount = 1 }) {
            if ((Invoke-RedisPrediction line -Dataset points @more -KeepColumn x).Rows -ne 200) { throw 'rows are missing' }
        }
        """;

    const string Serving = """
        $null = Get-RedisModel
        if (-not (Get-RedisModelParameter line)) { throw 'no parameters' }
        $null = Export-RedisModel line "$Path.onnx" -Force
        if ([pscustomobject] @{ x = 3 } | Invoke-RedisPrediction line | Where-Object { $null -eq $_.Prediction }) { throw 'no prediction' }
        if ((Get-RedisNextToken speech 'to').Token -notcontains 'be') { throw 'no token' }
        $null = New-RedisText speech
        $null = Measure-RedisLanguageModel speech 'to be'
        $service = Start-RedisPredictionService line
        try {
            $answers = @(1..3 | ForEach-Object { [pscustomobject] @{ x = $_ } } | Invoke-RedisPrediction -Service line)
            if ($answers.Count -ne 3 -or $answers.Prediction -contains $null) { throw 'no answer' }
            if (@(Get-RedisPredictionService).Count -ne 1) { throw 'no service' }
        }
        finally { Stop-RedisPredictionService line; $null = $service | Wait-Job -Timeout 120 }
        try { [pscustomobject] @{ x = 1 } | Invoke-RedisPrediction -Service nobody -Timeout 0.2 } catch { $problem = "$_" }
        if ($problem -notmatch 'No instance of it runs') { throw $problem }
        if (-not (Add-RedisRating films -User new -Item 3 -Rating 4 -PassThru)) { throw 'no recommendation' }
        if ((Get-RedisRecommendation films -User new -AsSortedSet).Count -lt 5) { throw 'no sorted set' }
        """;

    [Theory]
    [InlineData(AccessRole.Read, Reading)]
    [InlineData(AccessRole.Train, Reading)]
    [InlineData(AccessRole.Train, Training)]
    [InlineData(AccessRole.Import, Importing)]
    [InlineData(AccessRole.Serve, Serving)]
    [InlineData(AccessRole.All, Importing)]
    [InlineData(AccessRole.All, Training)]
    [InlineData(AccessRole.All, Reading)]
    [InlineData(AccessRole.All, Serving)]
    [InlineData(AccessRole.All, Predicting)]
    public async Task A_role_does_its_work_under_its_rule(AccessRole role, string work)
    {
        Run("default", Preparation);
        await SetUserAsync(AccessRule.For(role, _own));
        Run($"{role}", work);
        Assert.Empty((await RefusedAsync()).Except(Unneeded(role)));
    }

    /// <summary>What the server refused since the user was set, also where the work went on without it.</summary>
    async Task<IReadOnlyList<string>> RefusedAsync()
    {
        var log = (RedisResult[])(await _admin.GetDatabase().ExecuteAsync("ACL", ["LOG"]))!;
        return [.. log.Select(entry => entry.ToDictionary()).Select(entry => $"{entry["reason"]} {entry["object"]}")];
    }

    /// <summary>What is asked for and not given: what a server tells of itself, what the client would like to know, and of a role that only
    /// reads to note figures and to pin versions.</summary>
    IEnumerable<string> Unneeded(AccessRole role)
    {
        string[] always = ["command info", "command config|get", "command cluster|slots", "command select"];
        return always.Concat(role switch
        {
            AccessRole.Read => ["command time", "command eval", "command script|load"],
            AccessRole.Train => new[] { "points", "others", "ratings" }.Select(name => $"key {_own}:dataset:{name}"),
            // As a connection finds out what its user may see.
            AccessRole.Serve => [$"key {_own}:datasets"],
            _ => [],
        });
    }

    /// <summary>Of each role that its work finds the key, and can do with it what it does without.</summary>
    [Theory]
    [InlineData(AccessRole.Read, "if ((Test-RedisModel line -Dataset points).R2 -lt 0.9) { throw 'the model is bad' }")]
    [InlineData(AccessRole.Train, """
        $run = Start-RedisDistributedTraining points line -Algorithm Linear -Optimizer Sgd -Epoch 2 -Wait
        if ($run.State -ne 'Completed') { throw "$($run.State): $($run.Reason)" }
        1..20 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_ } } | Add-RedisTrainingSample -List fresh
        $null = Start-RedisOnlineTraining learned -List fresh -Algorithm Linear -Label y -Once -Wait
        if ((Get-RedisOnlineTraining learned).Samples -ne 20) { throw "$((Get-RedisOnlineTraining learned).Samples) samples" }
        """)]
    [InlineData(AccessRole.Import, "$null = Import-RedisTrainingData $Path -Dataset points -Append -NullValue '5'")]
    [InlineData(AccessRole.Serve, """
        $service = Start-RedisPredictionService line
        try {
            if ($null -eq ([pscustomobject] @{ x = 3 } | Invoke-RedisPrediction -Service line).Prediction) { throw 'no answer' }
        }
        finally { Stop-RedisPredictionService line; $null = $service | Wait-Job -Timeout 120 }
        """)]
    [InlineData(AccessRole.All, "Update-RedisMLKey ([byte[]]::new(31) + 1) -Confirm:$false")]
    public async Task A_role_works_on_sealed_data_too(AccessRole role, string work)
    {
        var key = new byte[32];
        await SetUserAsync(AccessRule.For(AccessRole.All, _own));
        Run("All", """
            $null = Import-RedisTrainingData $Path -Dataset points -Label y
            $null = Start-RedisDistributedTraining points line -Algorithm Linear -Wait
            """, key);
        await SetUserAsync(AccessRule.For(role, _own));
        Run($"{role}", work, key);
        Assert.Empty((await RefusedAsync()).Except(Unneeded(role)));
    }

    [Fact]
    public void No_cmdlet_that_works_on_a_connection_is_left_out()
    {
        var cmdlets = shared.Engine.Invoke("Get-Command -Module RedisML | Where-Object { $_.Parameters.ContainsKey('Connection') }")
            .OutputWithoutErrors.Select(command => $"{command}").ToList();
        Assert.True(cmdlets.Count > 40, $"only {cmdlets.Count} cmdlets");
        string tried = string.Concat(Preparation, Reading, Training, Importing, Serving, "Update-RedisMLKey");
        // Two send nothing; to ask a server about itself no role may, as about_RedisML_Security says.
        Assert.Equal(["Disconnect-RedisML", "Start-RedisMLServer", "Test-RedisMLConnection"],
            cmdlets.Where(name => !Regex.IsMatch(tried, $@"{name}\b")));
    }

    [Fact]
    public async Task A_rule_can_be_for_some_datasets_alone()
    {
        Run("default", Preparation);
        await SetUserAsync(AccessRule.For(AccessRole.Import, _own, "points"));
        Run("Import", "Get-RedisTrainingData points -First 1; Import-RedisTrainingData $Path -Dataset points -Force");
        Assert.Equal("PermissionDenied", Fail("Import", "Get-RedisTrainingData others"));
        Assert.Equal("PermissionDenied", Fail("Import", "Import-RedisTrainingData $Path -Dataset points2"));
    }

    [Theory]
    [InlineData(AccessRole.Read, "Remove-RedisModel line -Confirm:$false")]
    [InlineData(AccessRole.Read, "Import-RedisTrainingData $Path -Dataset mine")]
    [InlineData(AccessRole.Train, "Remove-RedisDataset points -Confirm:$false")]
    [InlineData(AccessRole.Import, "Get-RedisModel line")]
    [InlineData(AccessRole.Serve, "Get-RedisTrainingData points")]
    public async Task Another_roles_work_is_an_error_that_says_so(AccessRole role, string work)
    {
        Run("default", Preparation);
        await SetUserAsync(AccessRule.For(role, _own));
        Assert.Equal("PermissionDenied", Fail($"{role}", work));
    }

    [Theory]
    [InlineData(AccessRole.Read)]
    [InlineData(AccessRole.Train)]
    [InlineData(AccessRole.Import)]
    [InlineData(AccessRole.Serve)]
    [InlineData(AccessRole.All)]
    public async Task Every_command_that_a_rule_doesnt_list_is_refused(AccessRole role)
    {
        var rule = AccessRule.For(role, Prefix);
        await SetUserAsync(rule);
        var allowed = rule.Rule.Split(' ').Where(word => word[0] == '+').Select(word => word[1..]).ToHashSet();
        var commands = await CommandsAsync();
        Assert.True(commands.Count > 300, $"only {commands.Count} commands");
        foreach (var (name, arity) in commands.Where(c => !allowed.Contains(c.Name)))
            Assert.Contains("has no permissions to run", await TryAsync($"{role}", [.. name.Split('|'), .. Enumerable.Repeat("1", arity)]));
    }

    [Theory]
    [InlineData(AccessRole.Read, "HGETALL other:key", "SET team:x y", "SET team:dataset:points y", "HSET team:model:line a b",
        "EVAL return 0")]
    [InlineData(AccessRole.Train, "GET other:key", "SET other:key y", "SET team:dataset:points y", "DEL team:dataset:points:chunk:a:0",
        "SADD team:datasets x", "PUBLISH other y", "HSET team:import:1 a b")]
    [InlineData(AccessRole.Import, "GET other:key", "SET other:key y", "HGETALL team:model:line", "GET team:run:{1}:spec", "DEL team:runs")]
    [InlineData(AccessRole.Serve, "HGETALL other:key", "HSET team:model:line a b", "HGETALL team:dataset:points", "SMEMBERS team:runs",
        "DEL team:models", "LPUSH other:reply x", "BLPOP other:queue 1")]
    [InlineData(AccessRole.All, "GET other:key", "SET other:key y", "DEL team2:model:line", "PUBLISH other y", "SUBSCRIBE other")]
    public async Task Every_other_key_and_channel_is_refused(AccessRole role, params string[] commands)
    {
        await SetUserAsync(AccessRule.For(role, Prefix));
        foreach (var command in commands) Assert.Contains("no permissions", await TryAsync($"{role}", command.Split(' ')));
    }

    [Fact]
    public async Task A_script_reaches_no_key_that_the_rule_doesnt_list()
    {
        await SetUserAsync(AccessRule.For(AccessRole.All, Prefix));
        await using var user = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_server.Port},user=All,password=secret");
        var refused = await Assert.ThrowsAsync<RedisServerException>(() =>
            user.GetDatabase().ScriptEvaluateAsync("return redis.call('GET', 'other:key')"));
        Assert.Contains("can't access", refused.Message);
    }

    [Fact]
    public void A_name_that_would_widen_the_rule_is_refused()
    {
        Assert.Equal("InvalidName", Assert.Throws<RedisMLException>(() => AccessRule.For(AccessRole.Read, Prefix, "a ~*")).ErrorId);
        Assert.Equal("InvalidPrefix", Assert.Throws<RedisMLException>(() => AccessRule.For(AccessRole.Read, "a* ~")).ErrorId);
    }

    async Task SetUserAsync(AccessRule rule)
    {
        await _admin.GetDatabase().ExecuteAsync("ACL", ["SETUSER", $"{rule.Role}", "reset", "on", ">secret", .. rule.Rule.Split(' ')]);
        await _admin.GetDatabase().ExecuteAsync("ACL", ["LOG", "RESET"]);
    }

    /// <summary>All commands but those that come before any user, subcommands as <c>name|sub</c>,
    /// with how many arguments they need.</summary>
    async Task<IReadOnlyList<(string Name, int Arity)>> CommandsAsync()
    {
        var all = (RedisResult[])(await _admin.GetDatabase().ExecuteAsync("COMMAND"))!;
        return [.. all.Cast<RedisResult>().SelectMany(c => ((RedisResult[])c[9]!) is { Length: > 0 } sub ? sub : [c])
            .Where(c => !((string[])c[2]!).Contains("no_auth"))
            .Select(c => ((string)c[0]!, Math.Abs((int)c[1]) - ((string)c[0]!).Split('|').Length))];
    }

    /// <summary>What the server would say to a command of a user, without running it.</summary>
    async Task<string> TryAsync(string user, params string[] command)
    {
        try { return $"{await _admin.GetDatabase().ExecuteAsync("ACL", ["DRYRUN", user, .. command])}"; }
        catch (RedisServerException e) { return e.Message; }
    }

    void Run(string user, string script, byte[]? key = null) => Assert.Empty(Invoke(user, script, key).Errors);

    string Fail(string user, string script) => Invoke(user, script).Errors[^1].FullyQualifiedErrorId.Split(',')[0];

    /// <param name="key">The connection's encryption key; null for none.</param>
    EngineResult Invoke(string user, string script, byte[]? key = null) => shared.Engine.Invoke(
        """
        param($Text, $Prefix, $Path, $Key)
        $ErrorActionPreference = 'Stop'
        $sealed = $Key ? @{ EncryptionKey = $Key } : @{}
        $null = Connect-RedisML $Text -Prefix $Prefix @sealed

        """ + script,
        new Dictionary<string, object?>
        {
            ["Prefix"] = _own,
            ["Text"] = $"127.0.0.1:{_server.Port}" + (user == "default" ? "" : $",user={user},password=secret"),
            ["Path"] = _folder.Write("points.csv", "x,y\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},{2 * i + i % 3}\n"))),
            ["Key"] = key,
        });
}
