namespace RedisML.Models;

/// <summary>Floating-point numbers to be stored in 8 bits each; what is read is a <see cref="Tensor"/> again.</summary>
sealed class QuantizedTensor(Quantization how, Tensor codes) : ParameterValue
{
    public Quantization How => how;

    public Tensor Codes => codes;

    public override IReadOnlyList<int> Shape => codes.Shape;

    public override double[] ToDoubles() => how.Restore(codes).ToDoubles();

    public override byte[] Encode() => codes.Encode();
}
