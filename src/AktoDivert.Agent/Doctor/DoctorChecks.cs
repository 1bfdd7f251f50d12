using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AktoDivert.Agent.Doctor.Traps;
using AktoDivert.Agent.Doctor.Traps.Windows;
using AktoDivert.Agent.Hosting;

namespace AktoDivert.Agent.Doctor;

/// <summary>Every check, in the order shown: what the redirect needs, what the apps' trust needs, what uploads need, what surprises.</summary>
internal static class DoctorChecks
{
    /// <summary>The checks that make sense on this platform.</summary>
    public static IReadOnlyList<IDoctorCheck> All(ConsoleLink? link) =>
        OperatingSystem.IsLinux() ? [.. OfLinux(), .. OfEveryPlatform(link)]
        : OperatingSystem.IsWindows() ? [.. OfWindows(), .. OfEveryPlatform(link)]
        : OfEveryPlatform(link);

    /// <summary>Runs checks, all of them whatever they find.</summary>
    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(
        IReadOnlyList<IDoctorCheck> checks, DoctorSurroundings surroundings, CancellationToken cancellationToken)
    {
        var findings = new List<DoctorFinding>(checks.Count);
        foreach (var check in checks)
        {
            try
            {
                findings.Add(await check.RunAsync(surroundings, cancellationToken));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                findings.Add(new DoctorFinding(check.Name, DoctorOutcome.Warn, $"could not look: {fault.Message}", "run the doctor as root"));
            }
        }

        return findings;
    }

    private static IReadOnlyList<IDoctorCheck> OfLinux() =>
    [
        new KernelVersionTrap(),
        new KernelBtfTrap(),
        new LockdownTrap(),
        new CapabilitiesTrap(),
        new CgroupTrap(),
        new LibbpfTrap(),
        new Ipv6LoopbackTrap(),
        new OtherRedirectorTrap(),
        new TunnelTrap(),
        new NamespaceTrap(),
        new OldGenerationsTrap(),
        new CertutilTrap(),
        new NodeExtraCaTrap(),
        new ReplacingVariablesTrap(),
        new ZstdTrap(),
        new SystemdTrap(),
    ];

    [SupportedOSPlatform("windows")]
    private static IReadOnlyList<IDoctorCheck> OfWindows() =>
    [
        new ArchitectureTrap(RuntimeInformation.OSArchitecture),
        new DriverFilesTrap(AppContext.BaseDirectory),
        new DriverServiceTrap(),
        new FilteringEngineTrap(),
        new InboundTrap(),
        new MemoryIntegrityTrap(),
        new ServiceTrap(),
        new VirtualMachinesTrap(),
    ];

    private static IReadOnlyList<IDoctorCheck> OfEveryPlatform(ConsoleLink? link) =>
    [
        new TrustTrap(),
        new ProxyVariablesTrap(),
        new AppsTrap(),
        new RunningAppsTrap(),
        new ControlSocketTrap(),
        new StateDirectoryTrap(),
        new DiskSpaceTrap(),
        new ConsoleTrap(link),
        new ClockTrap(link),
    ];
}
