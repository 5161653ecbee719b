using System.Text.Json.Serialization;
using RedisML.Columns;

namespace RedisML.Online;

/// <summary>How a column of samples is learned.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SampleColumnKind>))]
public enum SampleColumnKind
{
    /// <summary>A number, standardised by the mean and deviation so far.</summary>
    Number,

    /// <summary>A category whose levels are listed as they come.</summary>
    Category,

    /// <summary>A category whose levels share the positions of a hash.</summary>
    Hashed,
}

/// <summary>A column of samples.</summary>
public sealed record SampleColumn(string Name, ColumnType Type, SampleColumnKind Kind);
