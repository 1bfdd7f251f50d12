using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>
/// The sockets that processes have open, by the links in /proc/PID/fd (proc(5)). By the system calls themselves: the folder's own
/// enumeration asks for the target of each link, and a process that is gone would be an exception, while packets are held.
/// </summary>
internal static unsafe class OpenSockets
{
    // struct linux_dirent64: inode, offset, length of the entry, type, name.
    private const int EntryLengthOffset = 16;
    private const int EntryNameOffset = 19;
    private const int EntriesBytes = 16 * 1024;
    private const int TargetBytes = 64;

    /// <summary>Adds the inodes of the sockets of a process; none when it is gone or may not be looked at.</summary>
    internal static void Read(int processId, List<uint> inodes)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd");
        using var folder = new DescriptorHandle(LibC.open(path, LibC.OpenDirectory | LibC.OpenCloseOnExec));
        if (folder.IsInvalid)
        {
            return;
        }

        var descriptor = (int)folder.DangerousGetHandle();
        Span<byte> entries = stackalloc byte[EntriesBytes];
        Span<byte> target = stackalloc byte[TargetBytes];
        fixed (byte* entry = entries)
        fixed (byte* link = target)
        {
            nint length;
            while ((length = LibC.getdents64(descriptor, entry, EntriesBytes)) > 0)
            {
                for (nint place = 0; place < length; place += MemoryMarshal.Read<ushort>(entries[(int)(place + EntryLengthOffset)..]))
                {
                    var read = LibC.readlinkat(descriptor, entry + place + EntryNameOffset, link, TargetBytes);
                    if (read > 0 && TryParse(target[..(int)read], out var inode))
                    {
                        inodes.Add(inode);
                    }
                }
            }
        }
    }

    /// <summary>The inode in <c>socket:[12345]</c>.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> target, out uint inode)
    {
        inode = 0;
        var prefix = "socket:["u8;
        return target.StartsWith(prefix)
            && Utf8Parser.TryParse(target[prefix.Length..], out inode, out var digits)
            && target[(prefix.Length + digits)..].SequenceEqual("]"u8);
    }
}
