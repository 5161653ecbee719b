using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static RedisML.LightGbm.Native.LightGbmLibrary;
using static RedisML.LightGbm.Native.NativeMethods;

namespace RedisML.LightGbm.Native;

/// <summary>The library's network, over an exchange of the caller's. What it holds belongs to the thread.</summary>
/// <remarks>
/// The library calls back on the thread that called it. A callback can't return an error, and an exception in it would end the process:
/// it is kept, and from then on zeros are given, until the call into the library returns and <see cref="ThrowIfFailed"/> tells of it. What
/// was trained with zeros is to be thrown away.
/// </remarks>
sealed unsafe class NativeNetwork : IDisposable
{
    [ThreadStatic]
    static NativeNetwork? t_current;

    readonly int _rank;
    readonly Func<ReadOnlySpan<byte>, IReadOnlyList<ReadOnlyMemory<byte>>> _exchange;
    ExceptionDispatchInfo? _failure;
    byte[] _sum = [];

    /// <param name="exchange">Gives what each machine gives, by rank.</param>
    public NativeNetwork(int machines, int rank, Func<ReadOnlySpan<byte>, IReadOnlyList<ReadOnlyMemory<byte>>> exchange)
    {
        (_rank, _exchange) = (rank, exchange);
        t_current = this;
        Call(() => LGBM_NetworkInitWithFunctions(machines, rank,
            (delegate* unmanaged[Cdecl]<byte*, int, int, int*, int*, int, byte*, int,
                delegate* unmanaged[Cdecl]<byte*, byte*, int, int, void>*, void>)&ReduceScatter,
            (delegate* unmanaged[Cdecl]<byte*, int, int*, int*, int, byte*, int, void>)&AllGather));
    }

    /// <summary>Throws what went wrong in an exchange since this was made.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public void Dispose()
    {
        t_current = null;
        _ = LGBM_NetworkFree();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void ReduceScatter(byte* input, int inputSize, int typeSize, int* starts, int* lengths, int blocks, byte* output,
        int outputSize, delegate* unmanaged[Cdecl]<byte*, byte*, int, int, void>* reducer)
    {
        var network = t_current!;
        int rank = network._rank, start = starts[rank], length = lengths[rank];
        if (network.Exchange(new(input, inputSize), inputSize) is not { } parts)
        {
            new Span<byte>(output, outputSize).Clear();
            return;
        }
        // Input and output may be the same memory: the sum is made elsewhere.
        if (network._sum.Length < length) network._sum = GC.AllocateArray<byte>(Math.Max(length, inputSize), pinned: true);
        fixed (byte* sum = network._sum)
        {
            parts[0].Span.Slice(start, length).CopyTo(new(sum, length));
            for (int other = 1; other < parts.Count; other++)
            {
                fixed (byte* part = parts[other].Span) (*reducer)(part + start, sum, typeSize, length);
            }
            new ReadOnlySpan<byte>(sum, length).CopyTo(new(output, outputSize));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void AllGather(byte* input, int inputSize, int* starts, int* lengths, int blocks, byte* output, int outputSize)
    {
        var network = t_current!;
        if (network.Exchange(new(input, lengths[network._rank]), null) is not { } parts)
        {
            new Span<byte>(output, outputSize).Clear();
            return;
        }
        try
        {
            for (int other = 0; other < blocks; other++)
                parts[other].Span[..lengths[other]].CopyTo(new(output + starts[other], lengths[other]));
        }
        catch (Exception e)
        {
            network._failure ??= ExceptionDispatchInfo.Capture(e);
        }
    }

    /// <param name="size">What each machine gives; null where that differs.</param>
    /// <returns>Null where the exchange has failed, now or before.</returns>
    IReadOnlyList<ReadOnlyMemory<byte>>? Exchange(ReadOnlySpan<byte> payload, int? size)
    {
        if (_failure is not null) return null;
        try
        {
            var parts = _exchange(payload);
            if (size is not null && parts.Any(part => part.Length != size))
                throw new InvalidDataException("what another node gave has another size");
            return parts;
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            return null;
        }
    }
}
