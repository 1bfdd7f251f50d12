namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Kernel lockdown in confidentiality mode refuses BPF that reads kernel memory.</summary>
internal sealed class LockdownTrap() : Trap("kernel lockdown")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var lockdown = surroundings.Read("/sys/kernel/security/lockdown")?.Trim() ?? "";
        return lockdown.Contains("[confidentiality]", StringComparison.Ordinal)
            ? Fail("the kernel is locked down for confidentiality, which refuses the BPF programs", "boot with lockdown=integrity, or without lockdown=")
            : Ok(lockdown.Length == 0 ? "not locked down" : lockdown);
    }
}
