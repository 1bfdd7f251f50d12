using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>What the tap does for one call, up to the hand-over: framing, header fields, both bodies copied.</summary>
internal abstract class TapPath : HotPath, IExchangeSink
{
    private readonly IConnectionTap _tap;
    private int _completed;

    private TapPath(string protocol) => _tap = new ConnectionTapFactory(this, new AgentCounters(), TimeProvider.System, new CaptureLimits())
        .Create(SampleCall.Flow(protocol));

    /// <inheritdoc />
    public void Complete(Exchange exchange)
    {
        _completed++;
        exchange.Release();
    }

    /// <inheritdoc />
    public override void Run()
    {
        var before = _completed;
        Pass(RelayDirection.Up, Up);
        Pass(RelayDirection.Down, Down);
        if (_completed != before + 1)
        {
            throw new InvalidOperationException("the call was not recorded");
        }
    }

    private protected abstract ReadOnlySpan<byte> Up { get; }

    private protected abstract ReadOnlySpan<byte> Down { get; }

    private protected void Pass(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
        _tap.Feed(direction, bytes);
        _tap.Forwarded(direction);
    }

    /// <summary>Over HTTP/1.1.</summary>
    internal sealed class Http1() : TapPath("http/1.1")
    {
        /// <inheritdoc />
        public override string Name => "tap-http1-call";

        private protected override ReadOnlySpan<byte> Up => SampleCall.Http1Request;

        private protected override ReadOnlySpan<byte> Down => SampleCall.Http1Response;
    }

    /// <summary>Over HTTP/2, a new stream each time.</summary>
    internal sealed class Http2 : TapPath
    {
        private readonly byte[] _up = [.. Frame(1, 4, [0x83, 0x87, .. Literal(4, "/v1/messages"u8), .. Literal(1, "api.anthropic.com"u8), .. Literal(31, "application/json"u8)]), .. Frame(0, 1, SampleCall.RequestBody)];
        private readonly byte[] _down = [.. Frame(1, 4, [0x88, .. Literal(31, "application/json"u8)]), .. Frame(0, 1, SampleCall.ResponseBody)];
        private int _stream = -1;

        public Http2()
            : base("h2")
        {
            Pass(RelayDirection.Up, [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, [], stream: 0)]);
            Pass(RelayDirection.Down, Frame(4, 0, [], stream: 0));
        }

        /// <inheritdoc />
        public override string Name => "tap-http2-call";

        private protected override ReadOnlySpan<byte> Up
        {
            get
            {
                _stream += 2;
                Number(_up);
                Number(_down);
                return _up;
            }
        }

        private protected override ReadOnlySpan<byte> Down => _down;

        private void Number(Span<byte> frames)
        {
            while (!frames.IsEmpty)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frames[5..], _stream);
                frames = frames[(9 + (frames[0] << 16 | frames[1] << 8 | frames[2]))..];
            }
        }

        // RFC 9113 section 4.1.
        private static byte[] Frame(byte type, byte flags, byte[] payload, int stream = 1) =>
            [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, (byte)stream, .. payload];

        // RFC 7541 section 6.2.2: literal without indexing, name from the static table.
        private static byte[] Literal(int index, ReadOnlySpan<byte> value) =>
            [.. index < 15 ? (byte[])[(byte)index] : [0x0f, (byte)(index - 15)], (byte)value.Length, .. value];
    }
}
