using System.Runtime.InteropServices;

namespace AktoDivert.Proxy.Tunnel.Interop;

/// <summary>The functions of the C library in use; -1 on failure with errno set.</summary>
internal static unsafe partial class LibC
{
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;
    internal const int SetPipeSize = 1031;
    internal const uint SpliceMove = 1;
    internal const uint SpliceNonBlocking = 2;
    internal const int TryAgain = 11;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* descriptors, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeHandle descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint splice(SafeHandle from, nint fromOffset, SafeHandle to, nint toOffset, nuint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle descriptor, byte* buffer, nuint length);
}
