using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay;

/// <summary>
/// Observes the plaintext of one intercepted connection. The relay's two pumps call it, possibly at the same time, each after it read
/// bytes and before it writes them on, so a request is always seen before its response. It never throws, never blocks, never changes a
/// byte; what it cannot follow makes it opaque (<see cref="Core.Flows.Flow.OpaqueReason"/>) for the rest of the connection.
/// </summary>
internal interface IConnectionTap
{
    /// <summary>Bytes passed in a direction. <paramref name="bytes"/> is valid during the call only.</summary>
    void Feed(RelayDirection direction, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The bytes of the last <see cref="Feed"/> in a direction are written on. Called by the same pump before it feeds again; not when the
    /// write failed.
    /// </summary>
    void Forwarded(RelayDirection direction);

    /// <summary>
    /// A direction ended: in order (TLS close_notify or FIN) or <paramref name="aborted"/>. Called once per direction at most.
    /// </summary>
    void End(RelayDirection direction, bool aborted);

    /// <summary>
    /// A gate has a decision about an exchange whose bytes were fed already; it is recorded with the exchange, if that is still open.
    /// </summary>
    void Judged(in Judged judged);

    /// <summary>
    /// The connection is over: what is still open is completed as aborted and handed to the sink. Called once, after both pumps ended.
    /// </summary>
    void Close();
}
