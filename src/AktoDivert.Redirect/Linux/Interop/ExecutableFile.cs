namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>A file by its place on the disk. The birth time tells it from a later file that was given the same inode.</summary>
internal readonly record struct ExecutableFile(FileIdRecord Id, long BirthSeconds, uint BirthNanoseconds)
{
    private const int CurrentDirectory = -100;
    private const uint InodeAndBirth = 0x100 | 0x800;

    /// <summary>The file a process runs, or null when it is gone or may not be looked at.</summary>
    internal static unsafe ExecutableFile? Of(int pid)
    {
        LibC.StatxRecord record;
        if (LibC.statx(CurrentDirectory, $"/proc/{pid}/exe", 0, InodeAndBirth, &record) != 0)
        {
            return null;
        }

        var id = new FileIdRecord { Inode = record.Inode, Device = (record.DeviceMajor << 20) | record.DeviceMinor };
        return new ExecutableFile(id, record.BirthSeconds, record.BirthNanoseconds);
    }
}
