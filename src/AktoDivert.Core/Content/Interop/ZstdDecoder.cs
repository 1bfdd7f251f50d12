using System.Runtime.InteropServices;

namespace AktoDivert.Core.Content.Interop;

/// <summary>
/// Zstandard (RFC 8878) by the system's libzstd, since .NET has none. Frames that follow each other are decoded as one body.
/// </summary>
internal static class ZstdDecoder
{
    // 8 MiB: what RFC 9659 lets a server assume of an HTTP client, and a bound on what one body makes us allocate.
    private const int MaxWindowLog = 23;
    private const int StepBytes = 64 * 1024;

    /// <summary>Whether the library is installed.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(ZstdNative.Library, out _);

    /// <summary>A stream whose window is bounded; invalid when the library cannot.</summary>
    public static ZstdStreamHandle CreateStream()
    {
        var stream = ZstdNative.CreateStream();
        if (!stream.IsInvalid && ZstdNative.IsError(ZstdNative.SetParameter(stream, ZstdNative.WindowLogMax, MaxWindowLog)) != 0)
        {
            stream.Dispose();
            return new ZstdStreamHandle();
        }

        return stream;
    }

    /// <summary>
    /// Decodes as much as fits into <paramref name="room"/>; <paramref name="result"/> is libzstd's, an error or 0 at the end of a frame. All
    /// input is taken and nothing more can come when <paramref name="from"/> is used up and the room was not filled.
    /// </summary>
    /// <returns>Bytes written.</returns>
    public static unsafe int Step(ZstdStreamHandle stream, ref ZstdNative.InBuffer from, Span<byte> room, out nuint result)
    {
        fixed (byte* target = room)
        {
            var to = new ZstdNative.OutBuffer { Target = (nint)target, Size = (nuint)room.Length };
            result = ZstdNative.Decompress(stream, ref to, ref from);
            return (int)to.Position;
        }
    }

    /// <summary>Appends what inflates to <paramref name="output"/>, up to its limit. Call only when <see cref="IsAvailable"/>.</summary>
    public static unsafe DecodeOutcome Decode(ReadOnlySpan<byte> input, ByteBuffer output)
    {
        using var stream = CreateStream();
        if (stream.IsInvalid)
        {
            return DecodeOutcome.Unsupported;
        }

        fixed (byte* source = input)
        {
            var from = new ZstdNative.InBuffer { Source = (nint)source, Size = (nuint)input.Length };
            while (true)
            {
                var room = output.GetSpan(StepBytes);
                var written = Step(stream, ref from, room, out var result);
                var overLimit = written > output.Free;
                output.Advance(written);
                if (overLimit)
                {
                    return DecodeOutcome.OverLimit;
                }

                if (ZstdNative.IsError(result) != 0)
                {
                    return DecodeOutcome.Damaged;
                }

                if (from.Position == from.Size && written < room.Length)
                {
                    return result == 0 ? DecodeOutcome.Complete : DecodeOutcome.Damaged;
                }
            }
        }
    }
}
