using System.Runtime.Versioning;
using AktoDivert.Agent.Service.Windows;

namespace AktoDivert.Agent.Doctor.Traps.Windows;

/// <summary>Whoever loads WinDivert first decides which copy runs; a service somebody stopped while it was in use stays disabled.</summary>
[SupportedOSPlatform("windows")]
internal sealed class DriverServiceTrap() : Trap("WinDivert service")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        if (DriverService.IsDisabled())
        {
            return Fail("the WinDivert service is disabled, which happens when it is stopped while a program uses it", "restart the machine");
        }

        return DriverService.ImagePath() switch
        {
            null => Ok("no copy of WinDivert is loaded by another program"),
            var path when DriverPath.IsBelow(path, AppContext.BaseDirectory) => Ok("the copy in use is ours"),
            var path => Warn(
                $"another program brought its own copy of WinDivert: {path}",
                "when the engine reports another version, end or update that program; never stop the WinDivert service by hand"),
        };
    }
}
