using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RedisML.Errors;

namespace RedisML.LightGbm.Native;

/// <summary>Calls into the native library, and what is the case where there is none.</summary>
static unsafe class LightGbmLibrary
{
    const string Gomp = "libgomp.so.1";

    /// <summary>How often OpenMP looks for its next piece of work before it sleeps: some microseconds, as from one piece of a tree to the
    /// next. By itself it looks for milliseconds, and keeps a core from other nodes on the machine while it waits for them.</summary>
    const string Spins = "4000";

    static readonly Lazy<bool> s_isLoaded = new(Load);

    // The library's callback belongs to a thread.
    [ThreadStatic]
    static bool t_isQuiet;

    /// <summary>Calls the library.</summary>
    /// <returns>What it returned.</returns>
    /// <exception cref="RedisMLException"><c>LightGbmUnavailable</c></exception>
    /// <exception cref="LightGbmException">It says that something is wrong.</exception>
    public static void Call(Func<int> call)
    {
        try
        {
            _ = s_isLoaded.Value;
            if (!t_isQuiet)
            {
                NativeMethods.LGBM_RegisterLogCallback(&Ignore);
                t_isQuiet = true;
            }
            if (call() == 0) return;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw Unavailable(e);
        }
        throw new LightGbmException(Marshal.PtrToStringUTF8(NativeMethods.LGBM_GetLastError()) ?? "it doesn't say why");
    }

    /// <summary>Bounds the threads that the library takes for what this thread asks of it, and for nobody else: a limit of the library's
    /// own would be one for the process.</summary>
    /// <remarks>OpenMP's functions are found by way of the library that needs them. Windows shows none of them: there its own number
    /// stands.</remarks>
    public static void Limit(int threads)
    {
        Call(() => 0);
        var library = NativeLibrary.Load(NativeMethods.Library, typeof(LightGbmLibrary).Assembly, null);
        if (!NativeLibrary.TryGetExport(library, "omp_get_max_threads", out var read)
            || !NativeLibrary.TryGetExport(library, "omp_set_num_threads", out var set)) return;
        int most = ((delegate* unmanaged[Cdecl]<int>)read)();
        ((delegate* unmanaged[Cdecl]<int, void>)set)(Math.Min(threads, most));
    }

    /// <summary>What the library writes, of which it tells the length when it is asked with too short a buffer.</summary>
    public static string Text(TextWriter write)
    {
        var buffer = new byte[1 << 14];
        while (true)
        {
            long length = 0;
            fixed (byte* start = buffer)
            {
                var at = (nint)start;
                Call(() => write(buffer.Length, out length, (byte*)at));
            }
            // The length counts the zero at the end.
            if (length <= buffer.Length) return System.Text.Encoding.UTF8.GetString(buffer, 0, Math.Max(0, (int)length - 1));
            buffer = new byte[length];
        }
    }

    public delegate int TextWriter(long bufferLength, out long length, byte* text);

    /// <summary>The reason and what helps, for this machine.</summary>
    internal static string Reason(Architecture architecture, bool isLinux, bool isMac, bool isMusl, bool hasGomp) =>
        architecture != Architecture.X64
            ? $"LightGBM's library is there for x64 and not for {architecture.ToString().ToLowerInvariant()}; "
                + "train on another machine, or with another algorithm: models trained elsewhere predict here."
        : isMusl ? "LightGBM's library needs glibc, which this Linux doesn't have; models trained elsewhere predict here."
        : isLinux && !hasGomp ? $"LightGBM's library needs {Gomp}; install the package libgomp1 (Debian, Ubuntu) or libgomp (Fedora)."
        : isLinux ? "LightGBM's library doesn't load here: it needs glibc 2.27 or later, and to be of version 4.7."
        : isMac ? "LightGBM's library doesn't load here: it needs libomp (brew install libomp), and to be of version 4.7."
        : "LightGBM's library doesn't load here: it needs the Microsoft Visual C++ Redistributable (x64), and to be of version 4.7.";

    static RedisMLException Unavailable(Exception e) => new("LightGbmUnavailable", ErrorKind.ResourceUnavailable,
        Reason(RuntimeInformation.ProcessArchitecture, OperatingSystem.IsLinux(), OperatingSystem.IsMacOS(),
            RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal),
            NativeLibrary.TryLoad(Gomp, out _)), "LightGBM", e);

    /// <summary>Loads the system's runtime of OpenMP, or else the one that lies beside the library: under its name the library finds
    /// it.</summary>
    static bool Load()
    {
        if (!OperatingSystem.IsLinux()) return true;
        // It reads its settings when it is loaded, and those of the process, not of .NET. What the user has set counts.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null) _ = NativeMethods.SetEnvironment("GOMP_SPINCOUNT", Spins, 0);
        if (NativeLibrary.TryLoad(Gomp, out _)) return true;
        var folder = Path.GetDirectoryName(typeof(LightGbmLibrary).Assembly.Location) ?? "";
        NativeLibrary.TryLoad(Path.Combine(folder, "runtimes", "linux-x64", "native", Gomp), out _);
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Ignore(byte* message)
    {
    }
}
