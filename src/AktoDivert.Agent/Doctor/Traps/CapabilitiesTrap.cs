using System.Globalization;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Loading and attaching BPF programs, and reading other users' processes, need capabilities.</summary>
internal sealed class CapabilitiesTrap() : Trap("capabilities")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var line = (surroundings.Read("/proc/self/status") ?? "").Split('\n').FirstOrDefault(text => text.StartsWith("CapEff:", StringComparison.Ordinal));
        if (!ulong.TryParse(line?[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var effective))
        {
            return Warn("the capabilities of this process cannot be read", "mount proc on /proc");
        }

        var missing = Needed.Where(need => (effective & (1UL << need.Bit)) == 0).Select(need => need.Name).ToArray();
        return missing.Length == 0
            ? Ok("all that are needed are there")
            : Fail($"missing: {string.Join(", ", missing)}", "run the agent as root (sudo aktodivert run), or grant these capabilities to its container");
    }

    // Bits of linux/capability.h.
    private static (int Bit, string Name)[] Needed { get; } =
    [
        (2, "CAP_DAC_READ_SEARCH"), (12, "CAP_NET_ADMIN"), (19, "CAP_SYS_PTRACE"), (38, "CAP_PERFMON"), (39, "CAP_BPF"),
    ];
}
