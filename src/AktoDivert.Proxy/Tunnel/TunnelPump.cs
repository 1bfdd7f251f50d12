using System.Buffers;
using System.Net.Sockets;
using AktoDivert.Proxy.Transport;
using AktoDivert.Proxy.Tunnel.Interop;

namespace AktoDivert.Proxy.Tunnel;

/// <summary>One direction of a tunnel: raw bytes, unlooked at.</summary>
internal static class TunnelPump
{
    // Measured: the size of the buffer decides the cost of a tunnel, not the API.
    private const int BufferSize = 64 * 1024;

    // So many reads that fill a buffer make a direction bulk: an upload or a download, for which a pipe in the kernel pays.
    private const int FullReadsOfBulk = 4;

    /// <summary>
    /// Copies until the source ends. Waits without a buffer, so that an idle tunnel holds no memory; on Linux, bulk is left to the kernel.
    /// </summary>
    public static async Task<PumpResult> RunAsync(StreamSocket source, StreamSocket target, Action<long> count)
    {
        if (await CopyAsync(source, target, count) is { } ended)
        {
            return ended;
        }

        if (OperatingSystem.IsLinux())
        {
            using var pipe = SplicePipe.TryCreate();
            if (pipe is not null)
            {
                return await SplicePump.RunAsync(source, target, pipe, count);
            }
        }

        return (await CopyAsync(source, target, count, isBulk: true))!.Value;
    }

    /// <summary>Copies until the source ends, or, unless that is known already, turns out to be bulk: null then.</summary>
    private static async Task<PumpResult?> CopyAsync(StreamSocket source, StreamSocket target, Action<long> count, bool isBulk = false)
    {
        isBulk |= !OperatingSystem.IsLinux();
        var fullReads = 0;
        while (true)
        {
            var buffer = Array.Empty<byte>();
            try
            {
                int read;
                do
                {
                    try
                    {
                        if (buffer.Length == 0)
                        {
                            await source.ReceiveAsync(Memory<byte>.Empty);
                            buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                        }

                        read = await source.ReceiveAsync(buffer.AsMemory());
                    }
                    catch (Exception e) when (e is SocketException or ObjectDisposedException)
                    {
                        return PumpResult.SourceAborted(e);
                    }

                    if (read == 0)
                    {
                        target.FinishSending();
                        return PumpResult.Finished();
                    }

                    try
                    {
                        await target.SendAsync(buffer.AsMemory(0, read));
                    }
                    catch (Exception e) when (e is SocketException or ObjectDisposedException)
                    {
                        return PumpResult.TargetAborted(e);
                    }

                    count(read);
                    if (read == buffer.Length && ++fullReads == FullReadsOfBulk && !isBulk)
                    {
                        return null;
                    }
                }
                while (read == buffer.Length);
            }
            finally
            {
                if (buffer.Length > 0)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
    }
}
