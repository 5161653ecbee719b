using RedisML.Errors;

namespace RedisML.Unit.Errors;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("diamnds", "Did you mean 'diamonds'?")]
    [InlineData("zz", "There are 'id', 'diamonds'.")] // Two letters of two: nothing is near.
    [InlineData("", "There are 'id', 'diamonds'.")]
    [InlineData("amond", "There are 'diamonds', 'id'.")] // What has it in it comes first.
    public void Only_what_shares_something_is_proposed(string name, string hint) =>
        Assert.Equal($"There is no thing '{name}'. {hint}", NearestName.NotFound("Any", "thing", name, ["diamonds", "id"]).Message);

    [Theory]
    [InlineData("num_leafs", "num_leaves")] // Nearer to num_leaf by a letter.
    [InlineData("num_leavs", "num_leaves")]
    [InlineData("n_estimator", "n_estimators")]
    public void Another_name_is_proposed_only_where_it_is_meant(string name, string proposed)
    {
        var error = NearestName.NotFound("Any", "option", name, ["num_leaves", "num_iterations"], ["num_leaf", "n_estimators"]);
        Assert.Equal($"There is no option '{name}'. Did you mean '{proposed}'?", error.Message);
    }

    [Fact]
    public void What_to_run_next_goes_with_the_id_or_is_told()
    {
        Assert.EndsWith(" Get-RedisDataset shows the columns.", NearestName.NotFound("ColumnNotFound", "column", "x", ["y"]).Message);
        Assert.EndsWith("'y'.", NearestName.NotFound("ColumnNotFound", "column", "x", ["y"], next: "").Message);
        Assert.EndsWith(" Look.", NearestName.NotFound("ColumnNotFound", "column", "x", ["y"], next: "Look.").Message);
    }
}
