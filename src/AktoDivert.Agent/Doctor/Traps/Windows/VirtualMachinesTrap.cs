using System.Runtime.Versioning;

namespace AktoDivert.Agent.Doctor.Traps.Windows;

/// <summary>Packets of WSL2 and of Hyper-V guests pass below the host's network stack.</summary>
[SupportedOSPlatform("windows")]
internal sealed class VirtualMachinesTrap() : Trap("WSL2 and virtual machines")
{
    private const string Lxss = @"Software\Microsoft\Windows\CurrentVersion\Lxss";

    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var hasWsl = Microsoft.Win32.Registry.Users.GetSubKeyNames().Any(user =>
        {
            using var key = Microsoft.Win32.Registry.Users.OpenSubKey($@"{user}\{Lxss}");
            return key is { SubKeyCount: > 0 };
        });
        return hasWsl
            ? Warn("somebody has a WSL distribution: what runs in it is not seen from here", "run the Linux agent inside the distribution")
            : Ok("nobody who is signed in has a WSL distribution");
    }
}
