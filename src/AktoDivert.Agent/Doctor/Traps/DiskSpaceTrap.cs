namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>The spool needs room while the console is away.</summary>
internal sealed class DiskSpaceTrap() : Trap("disk space")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var folder = surroundings.Options.StateDirectory;
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder) ?? "/";
        }

        var (free, bound) = (new DriveInfo(folder).AvailableFreeSpace, surroundings.Options.Upload.SpoolBytes);
        return free > bound
            ? Ok($"{free / 1048576} MiB free for a spool of {bound / 1048576} MiB")
            : Warn($"{free / 1048576} MiB free for a spool of {bound / 1048576} MiB", $"free some space at {folder}, or lower $.upload.spoolBytes");
    }
}
