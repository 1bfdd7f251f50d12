namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>The hooks that the redirect attaches to are younger than some kernels in use.</summary>
internal sealed class KernelVersionTrap() : Trap("kernel version")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var release = surroundings.Read("/proc/sys/kernel/osrelease")?.Trim() ?? "";
        var digits = release.Split(['.', '-']);
        if (digits.Length < 2 || !Version.TryParse($"{digits[0]}.{digits[1]}", out var version))
        {
            return Warn($"the kernel version '{release}' is not understood", "Linux 5.18 or later is needed, 6.1 or later is tested");
        }

        return version >= Least
            ? Ok($"Linux {release}")
            : Fail($"Linux {release} lacks hooks that the redirect needs", "upgrade to Linux 5.18 or later; 6.1 or later is tested");
    }

    private static Version Least { get; } = new(5, 18);
}
