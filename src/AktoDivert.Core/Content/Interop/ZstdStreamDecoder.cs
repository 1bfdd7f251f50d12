using System.Buffers;

namespace AktoDivert.Core.Content.Interop;

/// <summary>Zstandard piece by piece.</summary>
internal sealed class ZstdStreamDecoder : StreamDecoder
{
    private const int StepBytes = 16 * 1024;

    private readonly ZstdStreamHandle _stream = ZstdDecoder.CreateStream();

    public override unsafe bool TryDecode(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        if (_stream.IsInvalid)
        {
            return false;
        }

        fixed (byte* source = input)
        {
            var from = new ZstdNative.InBuffer { Source = (nint)source, Size = (nuint)input.Length };
            while (true)
            {
                var room = output.GetSpan(StepBytes);
                var written = ZstdDecoder.Step(_stream, ref from, room, out var result);
                output.Advance(written);
                if (ZstdNative.IsError(result) != 0)
                {
                    return false;
                }

                if (from.Position == from.Size && written < room.Length)
                {
                    return true;
                }
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        _stream.Dispose();
        base.Dispose(disposing);
    }
}
