using System.Runtime.Versioning;
using Microsoft.Win32;

namespace AktoDivert.Agent.Doctor.Traps.Windows;

/// <summary>Memory integrity (HVCI) and the vulnerable driver block list decide which drivers load, and change with Windows updates.</summary>
[SupportedOSPlatform("windows")]
internal sealed class MemoryIntegrityTrap() : Trap("memory integrity")
{
    private const string Key = @"SYSTEM\CurrentControlSet\Control\DeviceGuard\Scenarios\HypervisorEnforcedCodeIntegrity";

    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        using var key = Registry.LocalMachine.OpenSubKey(Key);
        return Ok(key?.GetValue("Enabled") is 1
            ? "on: when the engine reports error 577 or 1275, Windows has refused the driver"
            : "off");
    }
}
