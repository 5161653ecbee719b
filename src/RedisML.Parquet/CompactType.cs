namespace RedisML.Parquet;

/// <summary>The types of Thrift's compact protocol.</summary>
enum CompactType
{
    True = 1,
    False,
    Byte,
    Int16,
    Int32,
    Int64,
    Double,
    Binary,
    List,
    Set,
    Map,
    Structure,
}
