namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>libbpf is loaded from the system.</summary>
internal sealed class LibbpfTrap() : Trap("libbpf")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        return surroundings.CanLoad("libbpf.so.1")
            ? Ok("libbpf.so.1 loads")
            : Fail("libbpf.so.1 is missing, so nothing is redirected", "apt-get install libbpf1 (Debian, Ubuntu) or dnf install libbpf (Fedora)");
    }
}
