using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>The functions of the C library in use; -1 on failure with errno set.</summary>
internal static unsafe partial class LibC
{
    // The same numbers on every architecture: these calls are younger than the common table of Linux 5.1.
    internal const nint FsOpenCall = 430;
    internal const nint FsConfigCall = 431;
    internal const nint FsMountCall = 432;

    internal const int OpenDirectory = 0x10000;
    internal const int OpenCloseOnExec = 0x80000;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int open(string path, int flags);

    [LibraryImport("libc")]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int statx(int directory, string path, int flags, uint mask, StatxRecord* result);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readv(int descriptor, Vector* vectors, int count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint writev(int descriptor, Vector* vectors, int count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(PollRecord* records, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(int descriptor, void* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(int descriptor, void* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getdents64(int directory, void* entries, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlinkat(int directory, byte* path, byte* target, nuint size);

    [LibraryImport("libc")]
    internal static partial int setpriority(int which, int who, int nice);

    [LibraryImport("libc")]
    internal static partial int vsnprintf(byte* buffer, nuint size, byte* format, void* arguments);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Vector
    {
        internal void* Start;
        internal nuint Length;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollRecord
    {
        internal int Descriptor;
        internal short Events;
        internal short Results;
    }

    /// <summary>struct statx of the Linux UAPI, 256 bytes; the fields that are not read are padding.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatxRecord
    {
        [FieldOffset(32)]
        internal ulong Inode;

        [FieldOffset(80)]
        internal long BirthSeconds;

        [FieldOffset(88)]
        internal uint BirthNanoseconds;

        [FieldOffset(136)]
        internal uint DeviceMajor;

        [FieldOffset(140)]
        internal uint DeviceMinor;
    }
}
