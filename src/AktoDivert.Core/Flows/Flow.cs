using System.Net;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Core.Flows;

/// <summary>
/// The record of one redirected connection from accept to end. The pipeline fills it as the steps go by; readers on other threads
/// see each property either unset or final, except the byte counts, which grow.
/// </summary>
public sealed class Flow(RedirectedFlow redirected, DateTimeOffset started)
{
    private long _bytesUp;
    private long _bytesDown;

    /// <summary>Unique while the agent runs.</summary>
    public ulong Id => redirected.Id;

    /// <summary>The address and port the app asked for; always what is dialled, never a name looked up again.</summary>
    public IPEndPoint Destination => redirected.Destination;

    /// <summary>The process that opened the connection.</summary>
    public ProcessIdentity Process => redirected.Process;

    /// <summary>Whether its process is meant to be redirected; else it is tunnelled, and nobody's business.</summary>
    public bool Selected => redirected.Selected;

    /// <summary>When the listener accepted it.</summary>
    public DateTimeOffset Started { get; } = started;

    /// <summary>What the first bytes were.</summary>
    public ConnectionClass Class { get; set; }

    /// <summary>What the ClientHello said; null unless <see cref="Class"/> is <see cref="ConnectionClass.Tls"/>.</summary>
    public ClientHelloFacts? ClientHello { get; set; }

    /// <summary>Intercept or passthrough, with the rule that decided; null until classified.</summary>
    public PolicyDecision? Decision { get; set; }

    /// <summary>
    /// The application protocol agreed with upstream (<c>h2</c>, <c>http/1.1</c>, empty for none); null when not intercepted.
    /// </summary>
    public string? NegotiatedProtocol { get; set; }

    /// <summary>Why it ended; null while it runs.</summary>
    public ConnectionEndReason? EndReason { get; set; }

    /// <summary>More about the end, for a person: the TLS fault, the socket error. Never content of the connection.</summary>
    public string? EndDetail { get; set; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? Ended { get; set; }

    /// <summary>Application bytes sent by the app (plaintext when intercepted, raw when tunnelled).</summary>
    public long BytesUp => Volatile.Read(ref _bytesUp);

    /// <summary>Application bytes sent by the server.</summary>
    public long BytesDown => Volatile.Read(ref _bytesDown);

    /// <summary>Why observing stopped although bytes still pass; null while the taps understand the connection.</summary>
    public string? OpaqueReason { get; set; }

    /// <summary>Name shown for the host: the SNI, else the destination address.</summary>
    public string Host => ClientHello?.ServerName ?? Destination.Address.ToString();

    /// <summary>Counts bytes that passed from the app to the server.</summary>
    public void AddBytesUp(long count) => Interlocked.Add(ref _bytesUp, count);

    /// <summary>Counts bytes that passed from the server to the app.</summary>
    public void AddBytesDown(long count) => Interlocked.Add(ref _bytesDown, count);
}
