using System.Runtime.Versioning;
using AktoDivert.Redirect.Windows;

namespace AktoDivert.Agent.Doctor.Traps.Windows;

/// <summary>Reflected connections arrive as inbound ones: a firewall that blocks all of them defeats the engine, which then lets all go direct.</summary>
[SupportedOSPlatform("windows")]
internal sealed class InboundTrap() : Trap("inbound connections")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings) => FirewallPolicy.BlocksAllInbound() is { } profile
        ? Fail(
            $"Windows Firewall blocks all inbound connections in its {profile}, allowed programs included",
            "clear \"Block all incoming connections\" for that profile, or change the group policy that sets it")
        : Ok("no profile of Windows Firewall blocks all of them");
}
