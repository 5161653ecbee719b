using System.Text.Json;
using RedisML.Algorithms.MatrixFactorization;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Datasets.Splitting;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;
using StackExchange.Redis;

namespace RedisML.Unit.Algorithms;

/// <summary>Ratings and recommendations over a server: what any client reads follows from all ratings, whatever happens.</summary>
public sealed class RecommenderTests(EmbeddedServerFixture server) : IAsyncLifetime
{
    static readonly RecommendationOptions s_options = new() { Count = 8 };

    RedisMLConnection _connection = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = await server.ConnectAsync();
        using var folder = new TemporaryFolder();
        var table = MatrixFactorizationTests.Generated(60, 40, 15, 0.3, least: 0);
        var lines = Enumerable.Range(0, table.Rows).Select(row => FormattableString.Invariant(
            $"{table.Column("user")[row]},{table.Column("item")[row]},{table.Column("rating")[row]:R},{1000 - row}"));
        await DatasetImport.RunAsync(_connection, folder.Write("ratings.csv", "user,item,rating,age\n" + string.Join('\n', lines)),
            new() { Dataset = "ratings" }, null, Cancellation);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Fact]
    public async Task A_rating_changes_the_sorted_set_and_what_is_rated_is_left_out()
    {
        var recommender = await TrainAsync(MatrixFactorizationTests.Specification(("Factors", 4)));
        var before = await recommender.StoreAsync("7", s_options, Cancellation);
        Assert.Equal(before.Select(r => r.ItemName), await StoredAsync(recommender, "7"));
        var after = await recommender.AddAsync("7", before[0].ItemName, 0, s_options, Cancellation);
        Assert.DoesNotContain(before[0].ItemName, after.Select(r => r.ItemName));
        Assert.Equal(after.Select(r => r.ItemName), await StoredAsync(recommender, "7"));
        Assert.Equal(after, await recommender.RecommendAsync("7", s_options, null, Cancellation));
        Assert.NotEqual(before.Skip(1).Select(r => r.Score), after.Take(7).Select(r => r.Score));
        Assert.InRange((await _connection.Database.KeyTimeToLiveAsync(recommender.KeyOf("7")))!.Value, TimeSpan.FromHours(20),
            TimeSpan.FromDays(1));
    }

    /// <summary>A user whom training didn't see, by what it rates; braces and colons in its name are only text.</summary>
    [Fact]
    public async Task A_user_that_nobody_knows_gets_what_suits_anybody_until_it_rates()
    {
        var recommender = await TrainAsync(MatrixFactorizationTests.Specification(("Factors", 4)));
        const string user = "{x}:new}";
        var cold = await recommender.RecommendAsync(user, s_options, null, Cancellation);
        Assert.All(cold, r => Assert.Equal(RecommendationBasis.Popularity, r.Basis));
        var anybody = await recommender.RecommendAsync(null, s_options, null, Cancellation);
        Assert.Equal(cold.Select(r => r.ItemName), anybody.Select(r => r.ItemName));
        var warm = await recommender.AddAsync(user, cold[3].ItemName, 5, s_options, Cancellation);
        Assert.All(warm, r => Assert.Equal((RecommendationBasis.Ratings, user), (r.Basis, r.User)));
        Assert.Equal(warm.Select(r => r.ItemName), await StoredAsync(recommender, user));
    }

    [Fact]
    public async Task What_is_no_rating_changes_nothing_and_what_others_wrote_is_not_believed()
    {
        var recommender = await TrainAsync(MatrixFactorizationTests.Specification(("Factors", 4)));
        (string User, string Item, double Rating, string Error)[] faults =
        [
            ("7", "i1", double.NaN, "RatingOutOfRange"), ("7", "i1", 1e9, "RatingOutOfRange"), ("7", "i1", -1, "RatingOutOfRange"),
            ("7", "i1", double.PositiveInfinity, "RatingOutOfRange"), ("7", "i1", double.NegativeInfinity, "RatingOutOfRange"),
            ("7", "none", 3, "ItemNotFound"), ("", "i1", 3, "InvalidUser"), (new('u', 600), "i1", 3, "InvalidUser"),
        ];
        foreach (var (user, item, rating, errorId) in faults)
            Assert.Equal(errorId, (await Assert.ThrowsAsync<RedisMLException>(() =>
                recommender.AddAsync(user, item, rating, s_options, Cancellation))).ErrorId);
        var key = _connection.Keys.Ratings("m", "7");
        Assert.False(await _connection.Database.KeyExistsAsync(key));
        Assert.False(await _connection.Database.KeyExistsAsync(recommender.KeyOf("7")));
        // What is there already stays as it is, too.
        var stored = await recommender.AddAsync("9", "i1", 2, s_options, Cancellation);
        var ratings = await RatingsAsync("9");
        foreach (var (_, item, rating, errorId) in faults.Where(fault => fault.Error != "InvalidUser"))
            Assert.Equal(errorId, (await Assert.ThrowsAsync<RedisMLException>(() =>
                recommender.AddAsync("9", item, rating, s_options, Cancellation))).ErrorId);
        Assert.Equal(ratings, await RatingsAsync("9"));
        Assert.Equal(stored.Select(r => r.ItemName), await StoredAsync(recommender, "9"));

        var before = await recommender.RecommendAsync("7", s_options, null, Cancellation);
        await _connection.Database.HashSetAsync(key,
            [new("i1", "NaN"), new("i2", "many"), new("i3", "1e30"), new("none", 3), new(new byte[] { 255 }, 3)]);
        Assert.Equal(before, await recommender.RecommendAsync("7", s_options, null, Cancellation));
    }

    /// <summary>Writers that overlap: whoever is last to write has seen every rating.</summary>
    [Fact]
    public async Task Several_writers_of_one_user_leave_what_follows_from_all_ratings()
    {
        var recommender = await TrainAsync(MatrixFactorizationTests.Specification(("Factors", 4)));
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            Task.Run(() => recommender.AddAsync("many", $"i{i}", i % 4, s_options, Cancellation), Cancellation)));
        var expected = await recommender.RecommendAsync("many", s_options, null, Cancellation);
        Assert.Equal(expected.Select(r => r.ItemName), await StoredAsync(recommender, "many"));
        Assert.DoesNotContain(expected, r => Enumerable.Range(0, 12).Any(i => r.ItemName == $"i{i}"));
    }

    /// <summary>Counts go on from those of training, and a dataset of items says which may be among them.</summary>
    [Fact]
    public async Task Events_add_up_and_a_condition_on_items_holds()
    {
        var recommender = await TrainAsync(MatrixFactorizationTests.Specification(("Factors", 4), ("Implicit", true)));
        var row = (await _connection.RowsAsync("ratings")).First(row => $"{row[0]}" == "7");
        var (item, count) = ((string)row[1]!, Convert.ToDouble(row[2], null));
        await recommender.AddAsync("7", item, 1, s_options, Cancellation);
        await recommender.AddAsync("7", item, 2, s_options, Cancellation);
        Assert.Equal(count + 3, (double)await _connection.Database.HashGetAsync(_connection.Keys.Ratings("m", "7"), item), 1e-4);

        using var folder = new TemporaryFolder();
        var csv = "name,price\n" + string.Join('\n', Enumerable.Range(0, 40).Select(i => $"i{i},{i}"));
        await DatasetImport.RunAsync(_connection, folder.Write("items.csv", csv), new() { Dataset = "items" }, null, Cancellation);
        var items = await new DatasetStore(_connection).GetAsync("items", null, Cancellation);
        var filter = await ItemFilter.ReadAsync(_connection, items, "name", "price < 10", Cancellation);
        var found = await recommender.RecommendAsync("7", s_options, filter, Cancellation);
        Assert.NotEmpty(found);
        Assert.All(found, r => Assert.True(r.ItemName.Length == 2, r.ItemName));
    }

    [Fact]
    public async Task A_model_of_another_kind_recommends_nothing()
    {
        await new ModelStore(_connection).ChangeParametersAsync("hand", [new("weight", new Scalar(1.0))], [], Cancellation);
        Assert.Equal("ModelKindMismatch", (await Assert.ThrowsAsync<RedisMLException>(() =>
            Recommender.OpenAsync(_connection, ModelReference.Parse("hand"), Cancellation))).ErrorId);
    }

    /// <summary>Users alone hold what they rated: a model without them knows them by their ratings in Redis.</summary>
    [Fact]
    public async Task A_model_without_its_users_folds_them_in()
    {
        var whole = await TrainAsync(MatrixFactorizationTests.Specification(("Factors", 4)));
        var expected = await whole.RecommendAsync("7", s_options, null, Cancellation);
        var slim = await TrainAsync(MatrixFactorizationTests.Specification(("Factors", 4), ("KeepUser", false)), "slim");
        Assert.DoesNotContain(slim.Model.Parameters, name => name.StartsWith("user.", StringComparison.Ordinal));
        foreach (var row in (await _connection.RowsAsync("ratings")).Where(row => $"{row[0]}" == "7"))
            await slim.AddAsync("7", (string)row[1]!, Convert.ToDouble(row[2], null), s_options, Cancellation);
        var found = await slim.RecommendAsync("7", s_options, null, Cancellation);
        Assert.Equal(expected.Select(r => r.ItemName), found.Select(r => r.ItemName));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
    }

    /// <summary>Two nodes that are stopped on the way, and the run taken up again: the parameters of one that nobody disturbed.</summary>
    [Fact]
    public async Task Nodes_and_a_resumed_run_give_the_same_bits()
    {
        var specification = MatrixFactorizationTests.Specification(("Factors", 4), ("Iterations", 300));
        var dataset = await new DatasetStore(_connection).GetAsync("ratings", null, Cancellation);
        await RunFixture.Work(await StartAsync("alone", new()), Cancellation).Completion.WaitAsync(Cancellation);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var options = RunFixture.Options with { NodeCount = 2 };
        var first = RunFixture.Work(await StartAsync("m", options), stop.Token);
        var second = RunFixture.Work(await ModelTraining.JoinAsync(_connection, first.Run.Id, 1, Cancellation), stop.Token);
        Assert.Equal(300, first.Run.MaxStep);
        while (first.Run.Step < 10 && !first.Completion.IsCompleted) await Task.Delay(5, Cancellation);
        await stop.CancelAsync();
        await Task.WhenAll(EndAsync(first), EndAsync(second));
        // Where both leave at once, one may be missed only once it is silent. A quick run may be done before it is stopped.
        var left = await new RunFixture(_connection).WaitAsync(first.Run.Id,
            run => run.State is RunState.Stopped or RunState.Interrupted or RunState.Completed);
        if (left.State != RunState.Completed)
        {
            var resumed = RunFixture.Work(await ModelTraining.ResumeAsync(_connection, first.Run.Id, 1, Cancellation), Cancellation);
            Assert.Equal(RunState.Completed, (await resumed.Completion.WaitAsync(Cancellation)).State);
        }
        Assert.Equal(await BytesAsync("alone"), await BytesAsync("m"));

        Task<ModelTraining> StartAsync(string model, NodeOptions nodes) =>
            ModelTraining.StartAsync(_connection, dataset, model, specification, 2, nodes, Cancellation);

        static async Task EndAsync(ModelTraining training) =>
            await ((Task)training.Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task<IReadOnlyList<string>> BytesAsync(string model)
        {
            var store = new ModelStore(_connection);
            var parameters = await store.ReadParametersAsync(await store.GetAsync(model, null, Cancellation), null, Cancellation);
            return [.. parameters.Select(parameter => parameter.Key + Convert.ToHexString(parameter.Value.Encode()))];
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("age")]
    public async Task A_split_keeps_the_last_of_each_user(string? orderBy)
    {
        var dataset = await new DatasetStore(_connection).GetAsync("ratings", null, Cancellation);
        var options = new DatasetSplitOptions { Parts = SplitPart.ByCondition(), LastOf = "user", OrderBy = orderBy };
        await new DatasetSplit(_connection).RunAsync(dataset, options, null, Cancellation);
        var all = await _connection.RowsAsync("ratings");
        // Ages fall from row to row.
        var expected = all.GroupBy(row => row[0]).Select(user => orderBy is null ? user.Last() : user.First()).Select(Text).ToList();
        Assert.Equal(expected.Order(), (await _connection.RowsAsync("ratings-test")).Select(Text).Order());
        Assert.Equal(all.Count - 60, (await _connection.RowsAsync("ratings-train")).Count);
        DatasetSplitOptions[] conflicts = [options with { Filter = "age > 3" }, options with { LastOf = null, OrderBy = "age" }];
        foreach (var conflict in conflicts)
            Assert.Equal("ConflictingOptions", (await Assert.ThrowsAsync<RedisMLException>(() =>
                new DatasetSplit(_connection).RunAsync(dataset, conflict, null, Cancellation))).ErrorId);

        static string Text(object?[] row) => JsonSerializer.Serialize(row);
    }

    async Task<Recommender> TrainAsync(TrainingSpecification specification, string model = "m")
    {
        var dataset = await new DatasetStore(_connection).GetAsync("ratings", null, Cancellation);
        var training = await ModelTraining.StartAsync(_connection, dataset, model, specification, 1, new(), Cancellation);
        await RunFixture.Work(training, Cancellation).Completion.WaitAsync(Cancellation);
        return await Recommender.OpenAsync(_connection, ModelReference.Parse(model), Cancellation);
    }

    async Task<IEnumerable<string>> RatingsAsync(string user) =>
        (await _connection.Database.HashGetAllAsync(_connection.Keys.Ratings("m", user))).Select(entry => $"{entry}").Order();

    /// <summary>As any client reads it.</summary>
    async Task<IEnumerable<string>> StoredAsync(Recommender recommender, string user) =>
        (await _connection.Database.SortedSetRangeByRankAsync(recommender.KeyOf(user), 0, -1, Order.Descending))
            .Select(item => (string)item!);
}
