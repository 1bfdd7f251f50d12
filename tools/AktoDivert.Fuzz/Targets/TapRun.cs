using System.Net;
using System.Text;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Fuzz.Targets;

/// <summary>One tap with everything it needs, and what came of it as text: the same text for the same traffic, however it is split.</summary>
internal sealed class TapRun : IExchangeSink
{
    private readonly IConnectionTap _tap;

    public TapRun(string protocol, CaptureLimits? limits = null, TimeProvider? time = null)
    {
        var process = new ProcessIdentity { Pid = 1, Name = "app" };
        Flow = new Flow(new RedirectedFlow(1, new IPEndPoint(IPAddress.Loopback, 443), process), default) { NegotiatedProtocol = protocol };
        _tap = new ConnectionTapFactory(this, Counters, time ?? TimeProvider.System, limits ?? new CaptureLimits()).Create(Flow);
    }

    public Flow Flow { get; }

    public AgentCounters Counters { get; } = new();

    /// <summary>Each exchange as text, in the order of completion.</summary>
    public List<string> Exchanges { get; } = [];

    /// <summary>Sees each exchange before it is released.</summary>
    public Action<Exchange>? Inspect { get; init; }

    /// <summary>Called in place of each write.</summary>
    public Action? Writing { get; set; }

    /// <summary>Body and message bytes of all exchanges.</summary>
    public long ObservedBytes { get; private set; }

    public TapRun Up(ReadOnlySpan<byte> bytes, int piece = int.MaxValue) => Feed(RelayDirection.Up, bytes, piece);

    public TapRun Down(ReadOnlySpan<byte> bytes, int piece = int.MaxValue) => Feed(RelayDirection.Down, bytes, piece);

    public TapRun Feed(RelayDirection direction, ReadOnlySpan<byte> bytes, int piece)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(piece, bytes.Length)];
            _tap.Feed(direction, part);
            Writing?.Invoke();
            _tap.Forwarded(direction);
            bytes = bytes[part.Length..];
        }

        return this;
    }

    public TapRun End(RelayDirection direction, bool aborted = false)
    {
        _tap.End(direction, aborted);
        return this;
    }

    public TapRun Close()
    {
        _tap.Close();
        return this;
    }

    // The order of completion is no promise: an exchange may be held until its bytes are written on.
    public override string ToString() => string.Join('\n', Exchanges.Order(StringComparer.Ordinal)) + "\nopaque: " + Flow.OpaqueReason;

    void IExchangeSink.Complete(Exchange exchange)
    {
        Inspect?.Invoke(exchange);
        Exchanges.Add(Describe(exchange));
        ObservedBytes += exchange.RequestBody.TotalBytes + exchange.ResponseBody.TotalBytes;
        exchange.Release();
    }

    private static string Describe(Exchange exchange)
    {
        var text = new StringBuilder();
        text.Append($"{exchange.Protocol} {exchange.StreamId}.{exchange.WebSocketTurn} {exchange.StatusCode} {exchange.End} {exchange.Incomplete}\n");
        Describe(text, '>', exchange.RequestHeaders, exchange.RequestBody);
        Describe(text, '<', exchange.ResponseHeaders, exchange.ResponseBody);
        foreach (var message in exchange.Messages)
        {
            text.Append(message.FromApp ? '>' : '<').Append(message.IsText ? "text " : "binary ");
            text.Append(Encoding.Latin1.GetString(message.Payload.Kept.Span)).Append('\n');
        }

        return text.ToString();
    }

    private static void Describe(StringBuilder text, char side, HeaderBlock headers, CapturedBody body)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            text.Append(side).Append(Encoding.Latin1.GetString(headers.Name(i))).Append('=');
            text.Append(Encoding.Latin1.GetString(headers.Value(i))).Append('\n');
        }

        if (body.TotalBytes > 0)
        {
            text.Append(side).Append(side).Append(Encoding.Latin1.GetString(body.Kept.Span)).Append('\n');
        }
    }
}
