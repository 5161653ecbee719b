using RedisML.Charts;
using RedisML.Extensions;
using RedisML.Png;

[assembly: Extension(typeof(PngExtension))]

namespace RedisML.Png;

/// <summary>Brings pictures as PNG.</summary>
sealed class PngExtension : IExtension
{
    public void Register() => PictureFormats.Add(new PngFormat());
}
