using System.Text;
using System.Text.RegularExpressions;
using RedisML.Columns;
using RedisML.Features;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.Runs;

namespace RedisML.Unit.ModelFiles;

/// <summary>A model card says what is known of a model, and whatever names are in it, it is text and stays so.</summary>
public sealed partial class ModelCardTests
{
    const string Hostile = "</code><script>alert('x')</script><img src=x onerror=\"y\">";

    static readonly Model s_model = new()
    {
        Name = "price",
        Version = 3,
        Created = DateTimeOffset.UnixEpoch,
        Parameters = ["weight", "intercept"],
        Description = Hostile,
        Tags = new Dictionary<string, string> { [Hostile] = Hostile },
        Aliases = ["champion"],
        Evaluations =
            [new(Hostile, 2, 1234, DateTimeOffset.UnixEpoch, new Dictionary<string, double> { ["R2"] = 0.8765, [Hostile] = 1 })],
        Definition = new()
        {
            Algorithm = "Linear",
            Task = ModelTask.Regression,
            Pipeline = new()
            {
                Inputs = [new(Hostile, ColumnType.Float64), new("cut", ColumnType.Utf8)],
                Features = [new NumericFeature(Hostile, 0, 2), new CategoryFeature("cut", ColumnType.Utf8, [Hostile, "Good"], false)],
                Label = new(Hostile, ColumnType.Float64, null),
            },
            Options = System.Text.Json.JsonSerializer.SerializeToElement(new { l2 = Hostile }),
            Lineage = new()
            {
                Dataset = Hostile, DatasetVersion = 7, Run = "run-1", Seed = 42, RowsUsed = 100, Trained = DateTimeOffset.UnixEpoch,
            },
        },
    };

    [Fact]
    public void It_has_figures_curves_weights_by_name_lineage_and_code()
    {
        var page = Page();
        foreach (var part in (string[])["price, version 3", "champion", "0.8765", "version 7", "run-1", "42", "<svg", "validationLoss",
            "weight[2]", "Good", "price@3", "Invoke-RedisPrediction", "onnxruntime"])
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"text\">cut</td><td class=\"text\">Good</td><td>-2.5</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_others_are_text()
    {
        var page = Page();
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.True(page.Split("&lt;script&gt;").Length > 10);
        // Tags close in the order in which they were opened: nothing broke out of its place.
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(page))
        {
            if (tag.Groups["empty"].Success || tag.Groups["name"].Value is "meta") continue;
            if (tag.Groups["end"].Success) Assert.Equal(open.Pop(), tag.Groups["name"].Value);
            else open.Push(tag.Groups["name"].Value);
        }
        Assert.Empty(open);
    }

    [Fact]
    public void Of_parameters_set_by_hand_it_shows_the_heaviest_of_many()
    {
        var model = new Model { Name = "m", Version = 1, Created = default, Parameters = ["w", "note"] };
        var page = Encoding.UTF8.GetString(ModelCard.Write(model,
            [new("w", new Tensor(Enumerable.Range(0, 5000).Select(i => (double)i).ToArray(), 5000)), new("note", new Scalar("text"))], []));
        Assert.Contains("The 100 heaviest of 5,000 parameters", page, StringComparison.Ordinal);
        Assert.Contains("w[4999]", page, StringComparison.Ordinal);
        Assert.DoesNotContain("w[4899]", page, StringComparison.Ordinal);
    }

    /// <summary>Code that fails would be worse than none.</summary>
    [Fact]
    public void Of_a_model_that_does_not_predict_it_shows_no_code_that_does()
    {
        var page = Page(s_model with { Definition = s_model.Definition! with { Algorithm = "Custom" } });
        Assert.Contains("Get-RedisModelParameter", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Invoke-RedisPrediction", page, StringComparison.Ordinal);
        Assert.DoesNotContain("onnxruntime", page, StringComparison.Ordinal);
    }

    static string Page(Model? model = null)
    {
        var metrics = Enumerable.Range(1, 5).SelectMany(step => (RunMetric[])
            [new("run-1", "loss", step, 1.0 / step, default), new("run-1", "validationLoss", step, 2.0 / step, default)]).ToList();
        return Encoding.UTF8.GetString(ModelCard.Write(model ?? s_model,
            [new("weight", new Tensor(new[] { 1, 0.5, -2.5 }, 3)), new("intercept", new Scalar(0.5))], metrics));
    }

    [GeneratedRegex(@"<(?<end>/)?(?<name>[a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*?)?(?<empty>/)?>")]
    private static partial Regex Tag();
}
