using System.Runtime.InteropServices;

namespace AktoDivert.Proxy.Transport.Linux.Interop;

/// <summary>The functions of the C library in use; -1 on failure with errno set.</summary>
internal static unsafe partial class LibC
{
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;

    // <fcntl.h>
    internal const int GetFlags = 3;
    internal const int SetFlags = 4;
    internal const int SetPipeSize = 1031;
    internal const uint SpliceMove = 1;
    internal const uint SpliceNonBlocking = 2;

    // <sys/socket.h>
    internal const int DoNotWait = 0x40;
    internal const int NoSignal = 0x4000;

    // <sys/epoll.h>
    internal const int EpollAdd = 1;
    internal const uint EpollIn = 0x1;
    internal const uint EpollOut = 0x4;
    internal const uint EpollError = 0x8;
    internal const uint EpollHangUp = 0x10;
    internal const uint EpollPeerEnded = 0x2000;
    internal const uint EpollEdge = 0x8000_0000;

    // <errno.h>
    internal const int Interrupted = 4;
    internal const int TryAgain = 11;
    internal const int InProgress = 115;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* descriptors, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeHandle descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint splice(SafeHandle from, nint fromOffset, SafeHandle to, nint toOffset, nuint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(SafeHandle descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(SafeHandle descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(SafeHandle descriptor, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(SafeHandle epoll, int operation, SafeHandle descriptor, byte* @event);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_wait(SafeHandle epoll, byte* events, int count, int milliseconds);
}
