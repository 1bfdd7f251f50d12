namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>
/// Stands between the two ends of a guarded connection: takes what each side sends and writes to both what may pass. Each method is called
/// by the pump of its direction, one call after another; the two pumps run at the same time.
/// </summary>
internal interface IConnectionGate : IDisposable
{
    /// <summary>
    /// Takes bytes that a side sent; completes when it wants more of it. Throws what <see cref="Transport.TransportFault"/> knows when the target
    /// is gone, and <see cref="GateException"/> when the connection cannot go on.
    /// </summary>
    /// <returns>False when the gate wants no more of this direction: the connection is to be ended in order.</returns>
    ValueTask<bool> PassAsync(RelayDirection direction, ReadOnlyMemory<byte> bytes);

    /// <summary>A side ended in order: what still may pass does, and everything is written when it returns.</summary>
    ValueTask EndAsync(RelayDirection direction);
}
