namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>A VPN interface takes traffic after the redirect; its own client must not be on the allow-list.</summary>
internal sealed class TunnelTrap() : Trap("VPN interfaces")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var folder = surroundings.At("/sys/class/net");
        var tunnels = Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Where(device => File.Exists(Path.Combine(device, "tun_flags"))).Select(Path.GetFileName).ToArray()
            : [];
        return tunnels.Length == 0
            ? Ok("there is none")
            : Warn($"{string.Join(", ", tunnels)}: a VPN is up, or another product redirects by one", "check with aktodivert tail that calls of your apps arrive; keep the VPN's client off the allow-list");
    }
}
