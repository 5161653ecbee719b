using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Numerics;

namespace RedisML.Algorithms.Network;

/// <summary>What hidden layers do to their sums: normalisation, activation, dropout. Lengths are multiples of eight.</summary>
internal static class HiddenUnits
{
    /// <summary>Beside the variance, so that a row whose sums are alike is no division by zero.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>The rows' activations, and where wanted the derivatives in place of the sums.</summary>
    /// <param name="sums">What comes in; the derivatives afterwards where <paramref name="derive"/> says so.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Activate(Activation activation, Span<float> sums, Span<float> values, bool derive)
    {
        var x = SingleLanes.Of(sums);
        var y = SingleLanes.Of(values)[..x.Length];
        var (zero, one) = (Vector256<float>.Zero, Vector256<float>.One);
        switch (activation)
        {
            case Activation.Relu:
                for (int i = 0; i < x.Length; i++)
                {
                    var sum = x[i];
                    var isPositive = Vector256.GreaterThan(sum, zero);
                    // A NaN stays one: it must be seen in the loss.
                    y[i] = Vector256.ConditionalSelect(Vector256.LessThanOrEqual(sum, zero), zero, sum);
                    if (derive) x[i] = isPositive & one;
                }
                break;
            case Activation.Tanh:
                for (int i = 0; i < x.Length; i++)
                {
                    var exp = SingleLanes.ExpOfNonPositive(Vector256.Create(-2f) * Vector256.Abs(x[i]));
                    var tanh = Vector256.CopySign((one - exp) / (one + exp), x[i]);
                    y[i] = tanh;
                    if (derive) x[i] = one - tanh * tanh;
                }
                break;
            default:
                for (int i = 0; i < x.Length; i++)
                {
                    var (value, derivative) = Gelu(x[i]);
                    y[i] = value;
                    if (derive) x[i] = derivative;
                }
                break;
        }
    }

    /// <summary>Standardises each row, keeps that, and scales and shifts it.</summary>
    /// <param name="sums">[rows, stride]; what comes out afterwards.</param>
    /// <param name="standardized">[rows, stride].</param>
    /// <param name="rates">[rows]: what the deviations were divided by, inverted.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(int rows, int units, int stride, ReadOnlySpan<float> scales, ReadOnlySpan<float> shifts, Span<float> sums,
        Span<float> standardized, Span<float> rates)
    {
        for (int row = 0; row < rows; row++)
        {
            var values = sums.Slice(row * stride, stride);
            var kept = standardized.Slice(row * stride, stride);
            double sum = 0, squares = 0;
            for (int i = 0; i < units; i++) sum += values[i];
            double mean = sum / units;
            for (int i = 0; i < units; i++) squares += (values[i] - mean) * (values[i] - mean);
            float rate = (float)(1 / Math.Sqrt(squares / units + Epsilon)), centre = (float)mean;
            rates[row] = rate;
            for (int i = 0; i < units; i++)
            {
                kept[i] = (values[i] - centre) * rate;
                values[i] = MathF.FusedMultiplyAdd(kept[i], scales[i], shifts[i]);
            }
        }
    }

    /// <summary>The derivatives by what <see cref="Normalize"/> was given, in place of those by what it gave; adds up those by scales
    /// and shifts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate(int rows, int units, int stride, ReadOnlySpan<float> scales, ReadOnlySpan<float> standardized,
        ReadOnlySpan<float> rates, Span<float> derivatives)
    {
        for (int row = 0; row < rows; row++)
        {
            var values = derivatives.Slice(row * stride, stride);
            var kept = standardized.Slice(row * stride, stride);
            double sum = 0, products = 0;
            for (int i = 0; i < units; i++)
            {
                values[i] *= scales[i];
                sum += values[i];
                products += (double)values[i] * kept[i];
            }
            float mean = (float)(sum / units), slope = (float)(products / units);
            for (int i = 0; i < units; i++) values[i] = rates[row] * (values[i] - mean - kept[i] * slope);
        }
    }

    /// <summary>Leaves units of a row out, and makes the others as much larger; their derivatives too.</summary>
    /// <param name="key">Draws which: another one for each seed, pass, row and layer.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Drop(double part, ulong key, Span<float> values, Span<float> derivatives)
    {
        var y = SingleLanes.Of(values);
        var slopes = SingleLanes.Of(derivatives)[..y.Length];
        var least = Vector256.Create((uint)Math.Min(uint.MaxValue, part * 4294967296.0));
        var factor = Vector256.Create((float)(1 / (1 - part)));
        var state = Vector256.Create((uint)key) + Vector256<uint>.Indices * Vector256.Create(0x9E3779B9u);
        var step = Vector256.Create(unchecked(8 * 0x9E3779B9u));
        var second = Vector256.Create((uint)(key >> 32));
        for (int i = 0; i < y.Length; i++)
        {
            // The finaliser of MurmurHash3 (Appleby), keyed twice.
            var hash = state;
            hash = (hash ^ hash >>> 16) * Vector256.Create(0x85EBCA6Bu);
            hash ^= second;
            hash = (hash ^ hash >>> 13) * Vector256.Create(0xC2B2AE35u);
            hash ^= hash >>> 16;
            var factors = Vector256.GreaterThanOrEqual(hash, least).AsSingle() & factor;
            y[i] *= factors;
            slopes[i] *= factors;
            state += step;
        }
    }

    /// <summary>x·Φ(x), and Φ(x) + x·φ(x).</summary>
    /// <remarks>Φ by the error function of Abramowitz and Stegun, 7.1.26, to 1.5e-7; its exponential is that of φ too.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<float> Value, Vector256<float> Derivative) Gelu(Vector256<float> x)
    {
        const float root = 0.70710678118f; // of a half
        var absolute = Vector256.Abs(x);
        var exp = SingleLanes.ExpOfNonPositive(x * x * Vector256.Create(-0.5f));
        var t = Vector256<float>.One / Vector256.FusedMultiplyAdd(absolute, Vector256.Create(0.3275911f * root), Vector256<float>.One);
        var sum = Vector256.Create(1.061405429f);
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(-1.453152027f));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(1.421413741f));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(-0.284496736f));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(0.254829592f));
        var tail = sum * t * exp * Vector256.Create(0.5f); // of the normal distribution, beyond |x|
        var probability = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), tail, Vector256<float>.One - tail);
        return (x * probability, Vector256.FusedMultiplyAdd(x, exp * Vector256.Create(0.39894228f), probability));
    }
}
