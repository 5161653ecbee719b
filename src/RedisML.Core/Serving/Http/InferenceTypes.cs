using RedisML.Columns;

namespace RedisML.Serving.Http;

/// <summary>Column types as the Open Inference Protocol calls them.</summary>
static class InferenceTypes
{
    public static string Of(ColumnType type) => type.Kind switch
    {
        TypeKind.Float64 => "FP64",
        TypeKind.Float32 => "FP32",
        TypeKind.Boolean => "BOOL",
        TypeKind.Int8 => "INT8",
        TypeKind.Int16 => "INT16",
        TypeKind.Int32 => "INT32",
        TypeKind.Int64 => "INT64",
        TypeKind.UInt8 => "UINT8",
        TypeKind.UInt16 => "UINT16",
        TypeKind.UInt32 => "UINT32",
        TypeKind.UInt64 => "UINT64",
        // Text, and times as text.
        _ => "BYTES",
    };
}
