using System.Runtime.InteropServices;

namespace AktoDivert.Core.Content.Interop;

/// <summary>What is used of libzstd: streamed decompression, compression at once (zstd.h, stable since 1.4).</summary>
internal static partial class ZstdNative
{
    public const string Library = "libzstd.so.1";

    /// <summary><c>ZSTD_d_windowLogMax</c>.</summary>
    public const int WindowLogMax = 100;

    [StructLayout(LayoutKind.Sequential)]
    public struct InBuffer
    {
        public nint Source;
        public nuint Size;
        public nuint Position;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct OutBuffer
    {
        public nint Target;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    public static partial ZstdStreamHandle CreateStream();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    public static partial nuint FreeStream(nint stream);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    public static partial nuint SetParameter(ZstdStreamHandle stream, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint Decompress(ZstdStreamHandle stream, ref OutBuffer output, ref InBuffer input);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint CompressBound(nuint size);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress")]
    public static partial nuint Compress(nint target, nuint targetSize, nint source, nuint sourceSize, int level);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);
}
