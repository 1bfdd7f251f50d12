using System.Text;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A turn of a WebSocket, a message each way, through the tap and into the full ring.</summary>
internal sealed class WebSocketTurnPath : HotPath, IDisposable
{
    private const int Text = 0x81;
    private const int Masked = 0x80;

    private static readonly byte[] Payload = Encoding.ASCII.GetBytes(SampleCall.Prose(100));

    // RFC 6455 section 5.2: first byte, length, a client's masking key, payload.
    private readonly byte[] _question = [Text, (byte)(Masked | Payload.Length), 1, 2, 3, 4, .. Payload];
    private readonly byte[] _answer = [Text, (byte)Payload.Length, .. Payload];
    private readonly ExchangeRing _ring;
    private readonly IConnectionTap _tap;

    /// <summary>Opens the WebSocket.</summary>
    public WebSocketTurnPath()
    {
        var counters = new AgentCounters();
        _ring = new ExchangeRing(new CaptureOptions { RingRecords = 32 }, counters);
        _tap = new ConnectionTapFactory(_ring, counters, TimeProvider.System, new CaptureLimits()).Create(SampleCall.Flow("http/1.1"));
        Pass(RelayDirection.Up, "GET /v1/realtime HTTP/1.1\r\nHost: api.openai.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"u8);
        Pass(RelayDirection.Down, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"u8);
        for (var i = 0; i < 64; i++)
        {
            Run();
        }

        if (_ring.Count != 32)
        {
            throw new InvalidOperationException($"the ring holds {_ring.Count} turns");
        }
    }

    /// <inheritdoc />
    public override string Name => "tap-websocket-turn";

    /// <inheritdoc />
    public override void Run()
    {
        Pass(RelayDirection.Up, _question);
        Pass(RelayDirection.Down, _answer);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _tap.Close();
        _ring.Dispose();
    }

    private void Pass(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
        _tap.Feed(direction, bytes);
        _tap.Forwarded(direction);
    }
}
