using System.Text;
using RedisML.Errors;
using RedisML.Formats.Npy;

namespace RedisML.Models;

/// <summary>The value of a model parameter: a <see cref="Scalar"/> or a <see cref="Tensor"/>.</summary>
public abstract class ParameterValue
{
    /// <summary>The length of each dimension; empty for a scalar.</summary>
    public abstract IReadOnlyList<int> Shape { get; }

    /// <summary>The elements as doubles, in C order; one for a scalar. Booleans are 0 and 1.</summary>
    /// <exception cref="RedisMLException"><c>ParameterNotNumeric</c>: the value is text.</exception>
    public abstract double[] ToDoubles();

    /// <summary>The bytes that are stored: text of a scalar in UTF-8, or <c>.npy</c>.</summary>
    public abstract byte[] Encode();

    /// <summary>The value that <see cref="Encode"/> made these bytes of.</summary>
    /// <exception cref="RedisMLException"><c>InvalidNpy</c>.</exception>
    public static ParameterValue Decode(ReadOnlySpan<byte> bytes) =>
        NpyFormat.IsNpy(bytes) ? new Tensor(NpyFormat.Read(bytes)) : Scalar.Parse(Encoding.UTF8.GetString(bytes));
}
