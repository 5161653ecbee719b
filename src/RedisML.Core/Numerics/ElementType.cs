using System.Text.Json.Serialization;
using RedisML.Models;

namespace RedisML.Numerics;

/// <summary>The types of the elements of a <see cref="Tensor"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ElementType>))]
public enum ElementType
{
    Float32,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Boolean,
    Float16,
}

/// <summary>How an element type is called elsewhere.</summary>
/// <param name="Npy">NumPy's name without byte order, such as <c>f8</c>.</param>
/// <param name="Safetensors">Such as <c>F64</c>.</param>
/// <param name="Size">How many bytes an element takes.</param>
sealed record ElementTypeInfo(ElementType Type, Type ClrType, string Npy, string Safetensors, int Size)
{
    static readonly ElementTypeInfo[] s_all =
    [
        new(ElementType.Float32, typeof(float), "f4", "F32", 4),
        new(ElementType.Float64, typeof(double), "f8", "F64", 8),
        new(ElementType.Int8, typeof(sbyte), "i1", "I8", 1),
        new(ElementType.Int16, typeof(short), "i2", "I16", 2),
        new(ElementType.Int32, typeof(int), "i4", "I32", 4),
        new(ElementType.Int64, typeof(long), "i8", "I64", 8),
        new(ElementType.UInt8, typeof(byte), "u1", "U8", 1),
        new(ElementType.UInt16, typeof(ushort), "u2", "U16", 2),
        new(ElementType.UInt32, typeof(uint), "u4", "U32", 4),
        new(ElementType.UInt64, typeof(ulong), "u8", "U64", 8),
        new(ElementType.Boolean, typeof(bool), "b1", "BOOL", 1),
        new(ElementType.Float16, typeof(Half), "f2", "F16", 2),
    ];

    internal static ElementTypeInfo Of(ElementType type) => s_all[(int)type];

    internal static ElementTypeInfo? Of(Type clrType) => Array.Find(s_all, i => i.ClrType == clrType);

    internal static ElementTypeInfo? OfSafetensors(string name) => Array.Find(s_all, i => i.Safetensors == name);

    internal static ElementTypeInfo? OfNpy(string name) => Array.Find(s_all, i => i.Npy == name);
}
