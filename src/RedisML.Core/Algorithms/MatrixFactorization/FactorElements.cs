using RedisML.Models;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The numbers of a factorisation, by item and user.</summary>
internal static class FactorElements
{
    public static IReadOnlyList<ParameterElement> Of(FactorModel model)
    {
        List<ParameterElement> elements = [new(FactorParameters.Mean, [], model.Mean), new(FactorParameters.Penalty, [], model.Penalty)];
        for (int item = 0; item < model.Items.Count; item++)
        {
            Add(FactorParameters.ItemBias, FactorParameters.ItemFactor, model.Options.Item, model.Items.Names[item], item,
                model.Items.Biases[item], model.Items.Vector(item));
        }
        for (int user = 0; user < (model.Users?.Names.Length ?? 0); user++)
        {
            Add(FactorParameters.UserBias, FactorParameters.UserFactor, model.Options.User, model.Users!.Names[user], user,
                model.Users.Biases[user], model.Users.Vectors.AsSpan(user * model.Options.Factors, model.Options.Factors));
        }
        return elements;

        void Add(string ofBias, string ofVector, string column, string level, int place, float bias, ReadOnlySpan<float> vector)
        {
            var (block, row) = Math.DivRem(place, FactorParameters.BlockSize);
            // Of events there are no biases.
            if (!model.Options.IsImplicit) elements.Add(new($"{ofBias}:{block}", [row], bias) { Feature = column, Level = level });
            for (int i = 0; i < vector.Length; i++)
                elements.Add(new($"{ofVector}:{block}", [row, i], vector[i]) { Feature = column, Level = level });
        }
    }
}
