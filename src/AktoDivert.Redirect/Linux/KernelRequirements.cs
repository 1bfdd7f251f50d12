using System.Globalization;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Linux;

/// <summary>What the engine needs from the machine, each with the fix a person can apply.</summary>
internal static class KernelRequirements
{
    private const string TypeFormat = "/sys/kernel/btf/vmlinux";

    // The inode of the initial PID namespace, a constant of the kernel (PROC_PID_INIT_INO).
    private const string InitialPidNamespace = "pid:[4026531836]";

    private static readonly Version _oldestKernel = new(5, 18);

    private static readonly (int Bit, string Name)[] _capabilities =
        [(12, "CAP_NET_ADMIN"), (19, "CAP_SYS_PTRACE"), (38, "CAP_PERFMON"), (39, "CAP_BPF")];

    /// <summary>Throws <see cref="RedirectUnavailableException"/> for the first requirement that is not met.</summary>
    internal static void Check()
    {
        if (Environment.OSVersion.Version < _oldestKernel)
        {
            throw new RedirectUnavailableException(
                $"this kernel is {Environment.OSVersion.Version}", $"use Linux {_oldestKernel} or newer");
        }

        var missing = MissingCapabilities(File.ReadAllText("/proc/self/status"));
        if (missing.Length > 0)
        {
            throw new RedirectUnavailableException(
                $"the agent lacks {missing}",
                "run it as root, or give the service CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN and CAP_SYS_PTRACE");
        }

        if (!File.Exists(TypeFormat))
        {
            throw new RedirectUnavailableException(
                $"{TypeFormat} is missing: this kernel has no type information (BTF)",
                "use a kernel built with CONFIG_DEBUG_INFO_BTF=y, as the distributions' own kernels are");
        }

        if (new FileInfo("/proc/self/ns/pid").LinkTarget is { } own && own != InitialPidNamespace)
        {
            throw new RedirectUnavailableException(
                "the agent runs in a PID namespace (a container), where process ids are not the kernel's",
                "run it on the host, or give the container the host's PID namespace (docker run --pid=host)");
        }
    }

    /// <summary>The reason and fix for a refusal by the kernel.</summary>
    internal static RedirectUnavailableException Explain(BpfException failure)
    {
        var words = LibBpfLog.Read();
        var reason = words.Length > 0 ? $"{failure.Message} (libbpf: {words})" : failure.Message;
        return new RedirectUnavailableException(reason, IsLockedDown()
            ? "the kernel is locked down (confidentiality), which forbids BPF programs to read kernel memory: boot with lockdown=integrity"
            : "check that the kernel has CONFIG_BPF_SYSCALL, CONFIG_CGROUP_BPF and CONFIG_BPF_EVENTS, "
                + "and that no security module forbids bpf()");
    }

    internal static RedirectUnavailableException LibraryMissing() =>
        new("libbpf.so.1 is not installed", "install it: apt-get install libbpf1 (Debian, Ubuntu), dnf install libbpf (Fedora, RHEL)");

    /// <summary>Names of the needed capabilities that the effective set of a /proc/PID/status text lacks.</summary>
    internal static string MissingCapabilities(string status)
    {
        var line = status.Split('\n').FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        return ulong.TryParse(line?["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var effective)
            ? string.Join(", ", _capabilities.Where(c => (effective >> c.Bit & 1) == 0).Select(c => c.Name))
            : "";
    }

    private static bool IsLockedDown()
    {
        const string lockdown = "/sys/kernel/security/lockdown";
        return File.Exists(lockdown) && File.ReadAllText(lockdown).Contains("[confidentiality]", StringComparison.Ordinal);
    }
}
