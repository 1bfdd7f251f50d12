using System.Buffers;
using System.IO.Compression;
using AktoDivert.Core.Content.Interop;

namespace AktoDivert.Core.Content;

/// <summary>Undoes one content coding of a body that comes piece by piece. Not thread-safe.</summary>
public abstract class StreamDecoder : IDisposable
{
    /// <summary>Makes a decoder; null when the coding is unknown or its library is missing.</summary>
    /// <param name="coding">One coding's name, not <c>identity</c>.</param>
    public static StreamDecoder? TryCreate(string coding) => coding.Trim().ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new Inflating(static from => new GZipStream(from, CompressionMode.Decompress, leaveOpen: true)),
        "deflate" => new Inflating(static from => new ZLibStream(from, CompressionMode.Decompress, leaveOpen: true)),
        "br" => new Brotli(),
        "zstd" when ZstdDecoder.IsAvailable => new ZstdStreamDecoder(),
        _ => null,
    };

    /// <summary>Appends what <paramref name="input"/> inflates to; false when it is damaged, and the decoder of no further use.</summary>
    public abstract bool TryDecode(ReadOnlySpan<byte> input, IBufferWriter<byte> output);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the decoder holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class Inflating : StreamDecoder
    {
        private readonly FedStream _fed = new();
        private readonly Stream _inflate;

        public Inflating(Func<Stream, Stream> inflate) => _inflate = inflate(_fed);

        public override bool TryDecode(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
        {
            try
            {
                while (!input.IsEmpty)
                {
                    var piece = input[..Math.Min(input.Length, _fed.Capacity)];
                    input = input[piece.Length..];
                    _fed.Give(piece);
                    int count;
                    while ((count = _inflate.Read(output.GetSpan(4096))) > 0)
                    {
                        output.Advance(count);
                    }
                }

                return true;
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                return false;
            }
        }

        protected override void Dispose(bool disposing)
        {
            _inflate.Dispose();
            _fed.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Brotli : StreamDecoder
    {
        private BrotliDecoder _decoder;
        private bool _ended;

        public override bool TryDecode(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
        {
            while (!_ended)
            {
                var status = _decoder.Decompress(input, output.GetSpan(4096), out var consumed, out var written);
                input = input[consumed..];
                output.Advance(written);
                _ended = status == OperationStatus.Done;
                switch (status)
                {
                    case OperationStatus.NeedMoreData:
                        return true;
                    case OperationStatus.InvalidData:
                        return false;
                }
            }

            return input.IsEmpty;
        }

        protected override void Dispose(bool disposing)
        {
            _decoder.Dispose();
            base.Dispose(disposing);
        }
    }
}
