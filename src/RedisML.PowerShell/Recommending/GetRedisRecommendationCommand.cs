using System.Management.Automation;
using RedisML.Algorithms.MatrixFactorization;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Datasets;
using RedisML.PowerShell.Models;

namespace RedisML.PowerShell.Recommending;

[Cmdlet(VerbsCommon.Get, "RedisRecommendation", SupportsShouldProcess = true, DefaultParameterSetName = ListSet,
    HelpUri = HelpPage.Folder + "Get-RedisRecommendation.md")]
[OutputType(typeof(Recommendation), ParameterSetName = [ListSet, FilterSet])]
[OutputType(typeof(StoredRecommendations), ParameterSetName = [SortedSet])]
public sealed class GetRedisRecommendationCommand : RedisMLCmdlet
{
    const string ListSet = "List", FilterSet = "Filter", SortedSet = "SortedSet";

    Recommender _recommender = null!;
    ItemFilter? _filter;

    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] User { get; set; } = [];

    [Parameter]
    [ValidateRange(1, RecommendationOptions.MaxCount)]
    public int Count { get; set; } = RecommendationOptions.DefaultCount;

    [Parameter(ParameterSetName = FilterSet, Mandatory = true)]
    [ArgumentCompleter(typeof(FilterCompleter))]
    [ValidateNotNullOrEmpty]
    public string Filter { get; set; } = "";

    [Parameter(ParameterSetName = FilterSet, Mandatory = true)]
    [Alias("ItemDataset")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter(ParameterSetName = FilterSet)]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? ItemColumn { get; set; }

    [Parameter(ParameterSetName = SortedSet, Mandatory = true)]
    public SwitchParameter AsSortedSet { get; set; }

    [Parameter(ParameterSetName = SortedSet)]
    public TimeSpan TimeToLive { get; set; } = RecommendationOptions.DefaultTimeToLive;

    protected override void BeginProcessing() => Run(async (connection, cancellation) =>
    {
        _recommender = await Recommender.OpenAsync(connection, ModelReference.Parse(Model), cancellation).ConfigureAwait(false);
        if (ParameterSetName != FilterSet) return;
        var dataset = await new DatasetStore(connection).GetAsync(Dataset, null, cancellation).ConfigureAwait(false);
        _filter = await ItemFilter.ReadAsync(connection, dataset, ItemColumn ?? _recommender.ItemColumn, Filter, cancellation)
            .ConfigureAwait(false);
    });

    protected override void ProcessRecord()
    {
        var options = new RecommendationOptions { Count = Count, TimeToLive = TimeToLive };
        if (User.Length == 0 && AsSortedSet)
            Fail(new("InvalidUser", ErrorKind.InvalidArgument, "A sorted set is one user's: say with -User whose."));
        if (User.Length == 0) Recommend(null, options);
        foreach (var user in User)
        {
            if (!AsSortedSet) Recommend(user, options);
            else if (ShouldProcess($"User '{user}'", $"Write what model '{_recommender.Model.Name}' recommends into a sorted set"))
                Store(user, options);
        }
    }

    void Recommend(string? user, RecommendationOptions options) => Run(async (_, cancellation) =>
    {
        var found = await _recommender.RecommendAsync(user, options, _filter, cancellation).ConfigureAwait(false);
        if (user is not null) Warn(user, found);
        Post(() => WriteObjects(found));
    });

    void Store(string user, RecommendationOptions options) => Run(async (_, cancellation) =>
    {
        var found = await _recommender.StoreAsync(user, options, cancellation).ConfigureAwait(false);
        Warn(user, found);
        PostObject(new StoredRecommendations(_recommender.Model.Name, _recommender.Model.Version, user, _recommender.KeyOf(user),
            found.Count, found is [var first, ..] ? first.Basis : RecommendationBasis.Ratings, options.TimeToLive.TotalSeconds));
    });

    void Warn(string user, IReadOnlyList<Recommendation> found)
    {
        if (found is [{ Basis: RecommendationBasis.Popularity }, ..])
            PostWarning($"UserUnknown: model '{_recommender.Model.Name}', version {_recommender.Model.Version}, knows nothing of user " +
                $"'{user}', who gets what suits anybody.");
    }
}
