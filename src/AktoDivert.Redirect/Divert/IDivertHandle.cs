namespace AktoDivert.Redirect.Divert;

/// <summary>
/// An open handle of a driver. One thread receives; others may send, shut down or dispose meanwhile. Closing re-injects what is queued
/// and was not received. No call throws for what the driver does.
/// </summary>
internal interface IDivertHandle : IDisposable
{
    /// <summary>
    /// Waits for packets or events and fills <paramref name="batch"/> with at least one and as many more as are there and fit.
    /// <see cref="DivertError.NoData"/> after a shutdown when nothing is left, <see cref="DivertError.OperationAborted"/> when closed.
    /// </summary>
    DivertError Receive(PacketBatch batch);

    /// <summary>
    /// Sends all packets of the batch in one call. On an error nothing is known of which were sent: callers send one by one to find out.
    /// </summary>
    DivertError Send(PacketBatch batch);

    /// <summary>Ends a direction. Safe to repeat.</summary>
    DivertError Shutdown(DivertShutdown how);

    /// <summary>Sets a parameter within its range.</summary>
    DivertError SetParameter(DivertParameter parameter, ulong value);

    /// <summary>Reads a parameter.</summary>
    DivertError GetParameter(DivertParameter parameter, out ulong value);
}
