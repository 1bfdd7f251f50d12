namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>The BPF object is relocated by the type information of the running kernel.</summary>
internal sealed class KernelBtfTrap() : Trap("kernel type information")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        return File.Exists(surroundings.At("/sys/kernel/btf/vmlinux"))
            ? Ok("/sys/kernel/btf/vmlinux is there")
            : Fail("/sys/kernel/btf/vmlinux is missing, so the BPF programs cannot be loaded", "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y, as all distribution kernels are, and mount sysfs on /sys");
    }
}
