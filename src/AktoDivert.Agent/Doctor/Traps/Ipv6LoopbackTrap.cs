namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Redirected IPv6 connections go to ::1.</summary>
internal sealed class Ipv6LoopbackTrap() : Trap("IPv6 loopback")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var addresses = surroundings.Read("/proc/net/if_inet6");
        return addresses is null || addresses.Contains("00000000000000000000000000000001", StringComparison.Ordinal)
            ? Ok(addresses is null ? "this machine has no IPv6" : "::1 is there")
            : Warn("IPv6 is on but ::1 is missing, so IPv6 connections go direct", "sysctl net.ipv6.conf.lo.disable_ipv6=0");
    }
}
