namespace AktoDivert.Core.Content.Interop;

/// <summary>Zstandard by the system's libzstd, whole bodies at once.</summary>
internal static class ZstdEncoder
{
    private const int Level = 3;

    /// <summary>Encodes as one frame; null when the library cannot. Call only when <see cref="ZstdDecoder.IsAvailable"/>.</summary>
    public static unsafe ReadOnlyMemory<byte>? Encode(ReadOnlySpan<byte> body)
    {
        var bound = ZstdNative.CompressBound((nuint)body.Length);
        if (ZstdNative.IsError(bound) != 0 || bound > int.MaxValue)
        {
            return null;
        }

        var target = new byte[(int)bound];
        fixed (byte* from = body)
        fixed (byte* to = target)
        {
            var written = ZstdNative.Compress((nint)to, bound, (nint)from, (nuint)body.Length, Level);
            return ZstdNative.IsError(written) != 0 ? default(ReadOnlyMemory<byte>?) : target.AsMemory(0, (int)written);
        }
    }
}
