using RedisML.Extensions;
using RedisML.Formats;
using RedisML.Parquet;

[assembly: Extension(typeof(ParquetExtension))]

namespace RedisML.Parquet;

/// <summary>Brings the format Parquet.</summary>
sealed class ParquetExtension : IExtension
{
    public void Register() => FileFormats.Add(new ParquetFormat());
}
