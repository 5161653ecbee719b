using System.Runtime.InteropServices;

namespace RedisML.LightGbm.Native;

/// <summary>Arrays that stay where they are while the library reads them.</summary>
sealed class PinnedArrays : IDisposable
{
    readonly List<GCHandle> _handles = [];

    public nint Pin(Array array)
    {
        var handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        _handles.Add(handle);
        return handle.AddrOfPinnedObject();
    }

    public void Dispose()
    {
        foreach (var handle in _handles) handle.Free();
    }
}
