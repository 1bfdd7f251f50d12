using System.Buffers;
using System.Diagnostics;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>One direction of a guarded connection: read, show to the tap, give to the gate, which writes on what may pass.</summary>
/// <param name="direction">Which.</param>
/// <param name="source">Where bytes come from.</param>
/// <param name="target">Where they go to.</param>
/// <param name="gate">Takes them.</param>
/// <param name="output">Where the gate writes what goes to <paramref name="target"/>.</param>
/// <param name="read">Sees the bytes of each read.</param>
/// <param name="forwarded">Called when the gate has dealt with them.</param>
/// <param name="answered">Called when the gate ended a response: the app has all that it gets.</param>
/// <param name="closeLimit">How long the app may go on after the gate ended the connection.</param>
/// <param name="time">Measures it.</param>
internal sealed class GatePump(
    RelayDirection direction, TlsEnd source, TlsEnd target, IConnectionGate gate, GateOutput output, Action<ReadOnlySpan<byte>> read,
    Action forwarded, Action answered, TimeSpan closeLimit, TimeProvider time)
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Runs until the source ends, the gate ends the connection, or a side aborts; never throws for what a peer does.</summary>
    public async Task<PumpResult> RunAsync()
    {
        var buffer = Array.Empty<byte>();
        try
        {
            while (true)
            {
                int count;
                try
                {
                    if (buffer.Length == 0)
                    {
                        // Waits without a buffer, so that an idle connection holds none.
                        _ = await source.ReadAsync(Memory<byte>.Empty);
                        buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                    }

                    count = await source.ReadAsync(buffer.AsMemory());
                }
                catch (Exception e) when (TransportFault.Is(e))
                {
                    return PumpResult.SourceAborted(e);
                }

                var endedAt = Stopwatch.GetTimestamp();
                try
                {
                    if (count == 0)
                    {
                        await gate.EndAsync(direction);
                        await output.CloseAsync();
                        return await source.PassEndAsync(target, buffer) with { EndedAt = endedAt };
                    }

                    read(buffer.AsSpan(0, count));
                    if (!await gate.PassAsync(direction, buffer.AsMemory(0, count)))
                    {
                        return await EndByGateAsync(buffer);
                    }

                    forwarded();
                }
                catch (Exception e) when (TransportFault.Is(e))
                {
                    return PumpResult.TargetAborted(e);
                }

                if (count < BufferSize / 2)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = [];
                }
            }
        }
        finally
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>
    /// The app has its last answer, which nothing must follow. What the app still sends is read, for closing with unread bytes sends RST, which can
    /// destroy the answer before the app reads it. What the server still sends is not: it stops at once, and need not go on for nobody.
    /// </summary>
    private async ValueTask<PumpResult> EndByGateAsync(byte[] buffer)
    {
        await output.CloseAsync();
        await target.SendCloseNotifyAsync();
        target.Socket.FinishSending();
        if (direction == RelayDirection.Down)
        {
            answered();
            source.Socket.Reset();
            return PumpResult.Finished();
        }

        using var limit = new CancellationTokenSource(closeLimit, time);
        try
        {
            while (await source.ReadAsync(buffer.AsMemory(), limit.Token) > 0)
            {
            }
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            // It closed its own way, or takes too long.
        }

        // A server that does not answer our end would keep the other direction waiting.
        target.Socket.Reset();
        return PumpResult.Finished();
    }
}
