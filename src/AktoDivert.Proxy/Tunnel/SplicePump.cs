using System.Buffers;
using System.Net.Sockets;
using System.Runtime.Versioning;
using AktoDivert.Proxy.Transport;
using AktoDivert.Proxy.Tunnel.Interop;

namespace AktoDivert.Proxy.Tunnel;

/// <summary>One direction of a tunnel that carries bulk, on Linux: the bytes stay in the kernel.</summary>
[SupportedOSPlatform("linux")]
internal static class SplicePump
{
    private const int BufferSize = 64 * 1024;

    // A stream that never pauses must not keep the thread that serves all other sockets.
    private const int TurnsAtOnce = 8;

    /// <summary>Moves bytes until the source ends.</summary>
    /// <param name="source">Read from.</param>
    /// <param name="target">Written to.</param>
    /// <param name="pipe">Between them; stays the caller's.</param>
    /// <param name="count">Told of bytes that were written.</param>
    public static async Task<PumpResult> RunAsync(StreamSocket source, StreamSocket target, SplicePipe pipe, Action<long> count)
    {
        while (true)
        {
            try
            {
                await source.WaitForMoreAsync();
            }
            catch (Exception e) when (IsAbort(e))
            {
                return PumpResult.SourceAborted(e);
            }

            for (var turn = 1; ; turn++)
            {
                int taken;
                try
                {
                    taken = pipe.TakeFrom(source.Socket);
                }
                catch (Exception e) when (IsAbort(e))
                {
                    return PumpResult.SourceAborted(e);
                }

                if (taken < 0)
                {
                    break;
                }

                if (taken == 0)
                {
                    target.FinishSending();
                    return PumpResult.Finished();
                }

                try
                {
                    await DrainAsync(pipe, target);
                }
                catch (Exception e) when (IsAbort(e))
                {
                    return PumpResult.TargetAborted(e);
                }

                count(taken);
                if (turn == TurnsAtOnce)
                {
                    await source.LetOthers();
                    turn = 0;
                }
            }
        }
    }

    private static async ValueTask DrainAsync(SplicePipe pipe, StreamSocket target)
    {
        while (!pipe.GiveTo(target.Socket))
        {
            // The socket's own send is what waits for room.
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                var read = pipe.Read(buffer);
                await target.SendAsync(buffer.AsMemory(0, read));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static bool IsAbort(Exception e) => e is IOException or SocketException or ObjectDisposedException;
}
