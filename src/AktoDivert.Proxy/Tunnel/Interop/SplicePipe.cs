using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AktoDivert.Proxy.Transport.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace AktoDivert.Proxy.Tunnel.Interop;

/// <summary>
/// A pipe in the kernel through which bytes go from socket to socket without coming up (splice(2)). It costs two descriptors.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SplicePipe : IDisposable
{
    private const int Capacity = 256 * 1024;

    private readonly SafeFileHandle _out;
    private readonly SafeFileHandle _in;

    private SplicePipe(SafeFileHandle output, SafeFileHandle input) => (_out, _in) = (output, input);

    /// <summary>Bytes in the pipe.</summary>
    public int Held { get; private set; }

    /// <summary>Makes a pipe; null when the process has no descriptors left for one.</summary>
    public static unsafe SplicePipe? TryCreate()
    {
        var ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.NonBlocking | LibC.CloseOnExec) != 0)
        {
            return null;
        }

        var pipe = new SplicePipe(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));

        // Refused where a user's pipes exceed a limit (pipe(7)): a small pipe works as well.
        _ = LibC.fcntl(pipe._in, LibC.SetPipeSize, Capacity);
        return pipe;
    }

    /// <summary>Takes what the socket has into the pipe, which must be empty.</summary>
    /// <returns>Bytes taken, 0 at the end of the stream, -1 when the socket has none now.</returns>
    /// <exception cref="IOException">The peer aborted.</exception>
    public int TakeFrom(Socket source)
    {
        var taken = Splice(source.SafeHandle, _in, Capacity);
        Held = Math.Max(taken, 0);
        return taken;
    }

    /// <summary>Gives what the pipe holds to the socket, as far as it takes it.</summary>
    /// <returns>Whether the pipe is empty.</returns>
    /// <exception cref="IOException">The peer aborted.</exception>
    public bool GiveTo(Socket target)
    {
        while (Held > 0)
        {
            var given = Splice(_out, target.SafeHandle, Held);
            if (given < 0)
            {
                return false;
            }

            Held -= given;
        }

        return true;
    }

    /// <summary>Reads from the pipe, for a target that takes nothing now and has to be waited for.</summary>
    /// <returns>Bytes read; at least 1 while <see cref="Held"/> is not 0.</returns>
    public unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var read = (int)LibC.read(_out, bytes, (nuint)buffer.Length);
            if (read < 0)
            {
                throw Failure();
            }

            Held -= read;
            return read;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _out.Dispose();
        _in.Dispose();
    }

    private static int Splice(SafeHandle from, SafeHandle to, int length)
    {
        var moved = (int)LibC.splice(from, 0, to, 0, (nuint)length, LibC.SpliceMove | LibC.SpliceNonBlocking);
        return moved >= 0 ? moved : Marshal.GetLastPInvokeError() == LibC.TryAgain ? -1 : throw Failure();
    }

    private static IOException Failure() => new(Marshal.GetLastPInvokeErrorMessage());
}
