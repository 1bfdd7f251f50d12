using System.Buffers;
using System.Diagnostics;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Relay;

/// <summary>
/// One direction of an intercepted connection: read, show to the tap, write on unchanged. It awaits nothing but its two sockets, so
/// only they can slow it, and a slow target holds back its source (back-pressure).
/// </summary>
/// <param name="source">Where bytes come from.</param>
/// <param name="target">Where they go to.</param>
/// <param name="observe">Sees the bytes of each read.</param>
/// <param name="forwarded">Called when these bytes are written.</param>
internal sealed class RelayPump(TlsEnd source, TlsEnd target, Action<ReadOnlySpan<byte>> observe, Action forwarded)
{
    // As much as SslStream receives and sends at a time: records that came together leave together.
    private const int BufferSize = 32 * 1024;

    // Until a read fills it. A server's first record is a session ticket, after which SslStream goes on waiting with the buffer.
    private const int FirstBufferSize = 4 * 1024;

    /// <summary>Runs until the source ends or one of the two aborts; never throws for what a peer does.</summary>
    public async Task<PumpResult> RunAsync()
    {
        var buffer = Array.Empty<byte>();
        var size = FirstBufferSize;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    if (buffer.Length == 0)
                    {
                        // Waits without a buffer, so that an idle connection holds none.
                        _ = await source.ReadAsync(Memory<byte>.Empty);
                        buffer = ArrayPool<byte>.Shared.Rent(size);
                    }

                    read = await source.ReadAsync(buffer.AsMemory());
                }
                catch (Exception e) when (TransportFault.Is(e))
                {
                    return PumpResult.SourceAborted(e);
                }

                if (read == 0)
                {
                    var endedAt = Stopwatch.GetTimestamp();
                    return await source.PassEndAsync(target, buffer) with { EndedAt = endedAt };
                }

                observe(buffer.AsSpan(0, read));
                try
                {
                    await target.WriteAsync(buffer.AsMemory(0, read));
                }
                catch (Exception e) when (TransportFault.Is(e))
                {
                    return PumpResult.TargetAborted(e);
                }

                forwarded();

                if (read == buffer.Length && size == FirstBufferSize)
                {
                    size = BufferSize;
                    Return(ref buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(size);
                }
                else if (read < BufferSize / 2)
                {
                    Return(ref buffer);
                }
            }
        }
        finally
        {
            Return(ref buffer);
        }
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }
}
