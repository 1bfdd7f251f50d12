namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Bodies compressed with zstd are decoded by the system library.</summary>
internal sealed class ZstdTrap() : Trap("zstd library")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        return surroundings.CanLoad("libzstd.so.1")
            ? Ok("libzstd.so.1 loads")
            : Warn("libzstd.so.1 is missing, so bodies compressed with zstd are recorded as they are", "apt-get install libzstd1 (Debian, Ubuntu) or dnf install libzstd (Fedora)");
    }
}
