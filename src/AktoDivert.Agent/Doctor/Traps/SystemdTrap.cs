namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>The service needs systemd.</summary>
internal sealed class SystemdTrap() : Trap("systemd")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        return Directory.Exists(surroundings.At("/run/systemd/system"))
            ? Ok("systemd runs this machine")
            : Warn("systemd does not run here, so the agent cannot be a service", "start it from what runs this machine: aktodivert run");
    }
}
