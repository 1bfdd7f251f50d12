namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Chromium and Firefox keep roots of their own, which certutil writes.</summary>
internal sealed class CertutilTrap() : Trap("certutil")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        return surroundings.HasProgram("certutil")
            ? Ok("certutil is there")
            : Warn("certutil is missing, so Chromium and Firefox do not get our root", "apt-get install libnss3-tools (Debian, Ubuntu) or dnf install nss-tools (Fedora), then aktodivert trust install");
    }
}
