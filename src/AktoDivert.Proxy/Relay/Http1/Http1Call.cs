using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>A request that waits for its response, or its own end. Reused by its connection.</summary>
internal sealed class Http1Call
{
    public Exchange Exchange { get; set; } = null!;

    /// <summary>HEAD: its response has no body, whatever its fields say.</summary>
    public bool IsHead { get; set; }

    /// <summary>CONNECT: a 2xx response makes the connection a tunnel.</summary>
    public bool IsConnect { get; set; }

    public bool UpgradesToWebSocket { get; set; }

    public bool RequestEnded { get; set; }

    public bool ResponseEnded { get; set; }
}
