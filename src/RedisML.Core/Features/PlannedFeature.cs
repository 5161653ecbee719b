using RedisML.Columns;

namespace RedisML.Features;

/// <summary>A feature before it is fitted.</summary>
internal readonly record struct PlannedFeature(string Column, ColumnType Type, bool IsCategory);
