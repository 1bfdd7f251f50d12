using System.Buffers.Binary;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>The frames of <see cref="SampleCall"/> over HTTP/2, on a new stream each time. Receivers that grant windows are granted what a call uses.</summary>
internal sealed class SampleHttp2Call
{
    private readonly byte[] _request =
    [
        .. Frame(1, 4, [0x83, 0x87, .. Literal(4, "/v1/messages"u8), .. Literal(1, "api.anthropic.com"u8), .. Literal(31, "application/json"u8)]),
        .. Frame(0, 1, SampleCall.RequestBody), .. WindowUpdate(SampleCall.ResponseBody.Length),
    ];

    private readonly byte[] _response =
    [
        .. WindowUpdate(SampleCall.RequestBody.Length), .. Frame(1, 4, [0x88, .. Literal(31, "application/json"u8)]), .. Frame(0, 1, SampleCall.ResponseBody),
    ];

    private int _stream = -1;

    /// <summary>What a client sends first.</summary>
    public static byte[] ClientPreface { get; } = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, [], stream: 0)];

    /// <summary>What a server sends first.</summary>
    public static byte[] ServerPreface { get; } = Frame(4, 0, [], stream: 0);

    /// <summary>The response to the last request.</summary>
    public byte[] Response => _response;

    /// <summary>A request on the next stream; valid until the next call.</summary>
    public byte[] NextRequest()
    {
        _stream += 2;
        Number(_request);
        Number(_response);
        return _request;
    }

    private void Number(Span<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            // A window update is the connection's.
            if (frames[3] != 8)
            {
                BinaryPrimitives.WriteInt32BigEndian(frames[5..], _stream);
            }

            frames = frames[(9 + (frames[0] << 16 | frames[1] << 8 | frames[2]))..];
        }
    }

    // RFC 9113 section 4.1.
    private static byte[] Frame(byte type, byte flags, byte[] payload, int stream = 1) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, (byte)stream, .. payload];

    // RFC 9113 section 6.9.
    private static byte[] WindowUpdate(int bytes) => Frame(8, 0, [0, 0, (byte)(bytes >> 8), (byte)bytes], stream: 0);

    // RFC 7541 section 6.2.2: literal without indexing, name from the static table.
    private static byte[] Literal(int index, ReadOnlySpan<byte> value) =>
        [.. index < 15 ? (byte[])[(byte)index] : [0x0f, (byte)(index - 15)], (byte)value.Length, .. value];
}
