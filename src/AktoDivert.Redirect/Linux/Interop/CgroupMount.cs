using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>Opens the root of the cgroup2 hierarchy, mounted by the system or privately by us.</summary>
internal static unsafe class CgroupMount
{
    private const nint CreateSuperblock = 6;

    /// <summary>Opens a mounted hierarchy; throws <see cref="BpfException"/>.</summary>
    internal static DescriptorHandle Open(string path)
    {
        var descriptor = LibC.open(path, LibC.OpenDirectory | LibC.OpenCloseOnExec);
        return descriptor >= 0 ? new DescriptorHandle(descriptor) : throw BpfException.Last($"opening {path}");
    }

    /// <summary>
    /// Mounts the hierarchy where no path leads to it (fsopen, fsconfig, fsmount of Linux 5.2): the mount lives in the descriptor, so
    /// nothing is left behind. Throws <see cref="BpfException"/>, or <see cref="RedirectUnavailableException"/> without the right to mount.
    /// </summary>
    internal static DescriptorHandle MountPrivately()
    {
        var type = Marshal.StringToCoTaskMemUTF8("cgroup2");
        try
        {
            var opened = LibC.syscall(LibC.FsOpenCall, type, 1, 0, 0, 0);
            if (opened < 0)
            {
                throw new RedirectUnavailableException(
                    $"no cgroup2 hierarchy is mounted here, and the agent may not mount one: {BpfException.Last("fsopen cgroup2").Message}",
                    "mount it (mount -t cgroup2 none /sys/fs/cgroup), or give the agent CAP_SYS_ADMIN");
            }

            using var context = new DescriptorHandle(opened);
            if (LibC.syscall(LibC.FsConfigCall, context.DangerousGetHandle(), CreateSuperblock, 0, 0, 0) < 0)
            {
                throw BpfException.Last("fsconfig cgroup2");
            }

            return Checked(LibC.syscall(LibC.FsMountCall, context.DangerousGetHandle(), 1, 0, 0, 0), "fsmount cgroup2");
        }
        finally
        {
            Marshal.FreeCoTaskMem(type);
        }
    }

    private static DescriptorHandle Checked(nint result, string operation) =>
        result >= 0 ? new DescriptorHandle(result) : throw BpfException.Last(operation);
}
