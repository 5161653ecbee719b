using System.Runtime.InteropServices;

namespace RedisML.Training.Optimization;

/// <summary>Vectors in an optimizer's state: their length, then their values, little-endian.</summary>
static class StateVectors
{
    public static void WriteVector(this BinaryWriter writer, ReadOnlySpan<double> vector)
    {
        writer.Write(vector.Length);
        writer.Write(MemoryMarshal.AsBytes(vector));
    }

    /// <exception cref="InvalidDataException">The vector that was written has another length.</exception>
    public static void ReadVector(this BinaryReader reader, Span<double> vector)
    {
        if (reader.ReadInt32() != vector.Length) throw new InvalidDataException();
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector));
    }
}
