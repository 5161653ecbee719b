using RedisML.Extensions;
using RedisML.LightGbm;
using RedisML.ModelFiles;
using RedisML.Prediction;

[assembly: Extension(typeof(LightGbmExtension))]

namespace RedisML.LightGbm;

/// <summary>Brings the algorithm LightGbm, and the text form of its models.</summary>
sealed class LightGbmExtension : IExtension
{
    public void Register()
    {
        ModelFamilies.Add(new LightGbmAlgorithm());
        ModelFormats.Add(new LightGbmFormat());
    }
}
