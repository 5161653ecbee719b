using System.Management.Automation;
using RedisML.Algorithms.MatrixFactorization;
using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;

namespace RedisML.PowerShell.Recommending;

[Cmdlet(VerbsCommon.Add, "RedisRating", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Add-RedisRating.md")]
[OutputType(typeof(Recommendation))]
public sealed class AddRedisRatingCommand : RedisMLCmdlet
{
    Recommender _recommender = null!;

    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public string User { get; set; } = "";

    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [Alias("ItemName")]
    [ArgumentCompleter(typeof(ItemCompleter))]
    public string Item { get; set; } = "";

    [Parameter(Mandatory = true, Position = 3, ValueFromPipelineByPropertyName = true)]
    public double Rating { get; set; }

    [Parameter]
    [ValidateRange(1, RecommendationOptions.MaxCount)]
    public int Count { get; set; } = RecommendationOptions.DefaultCount;

    [Parameter]
    public TimeSpan TimeToLive { get; set; } = RecommendationOptions.DefaultTimeToLive;

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void BeginProcessing() => Run(async (connection, cancellation) =>
        _recommender = await Recommender.OpenAsync(connection, ModelReference.Parse(Model), cancellation).ConfigureAwait(false));

    /// <summary>Each rating counts before the next one is taken; one that is none is an error of its own.</summary>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess($"User '{User}'", $"Rate item '{Item}' with {Rating} for model '{_recommender.Model.Name}'")) return;
        var (user, item, rating) = (User, Item, Rating);
        Run(async (_, cancellation) =>
        {
            try
            {
                var options = new RecommendationOptions { Count = Count, TimeToLive = TimeToLive };
                var recommendations = await _recommender.AddAsync(user, item, rating, options, cancellation).ConfigureAwait(false);
                if (PassThru) Post(() => WriteObjects(recommendations));
            }
            catch (RedisMLException e) when (e.ErrorId is "ItemNotFound" or "RatingOutOfRange" or "InvalidUser" or "NotUnicode")
            {
                PostError(e);
            }
        });
    }
}
