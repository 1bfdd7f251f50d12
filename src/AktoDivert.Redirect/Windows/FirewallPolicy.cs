using System.Runtime.Versioning;
using Microsoft.Win32;

namespace AktoDivert.Redirect.Windows;

/// <summary>What Windows Firewall does with inbound connections beyond its rules, as group policy and the machine's own settings say.</summary>
[SupportedOSPlatform("windows")]
public static class FirewallPolicy
{
    private static readonly string[] Roots =
    [
        @"SOFTWARE\Policies\Microsoft\WindowsFirewall", @"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy",
    ];

    private static readonly string[] Profiles = ["DomainProfile", "StandardProfile", "PublicProfile", "PrivateProfile"];

    /// <summary>The profile that blocks all inbound connections, those with an allowing rule included; null when none does.</summary>
    public static string? BlocksAllInbound()
    {
        foreach (var root in Roots)
        {
            foreach (var profile in Profiles)
            {
                using var key = Registry.LocalMachine.OpenSubKey($@"{root}\{profile}");
                if (key?.GetValue("DoNotAllowExceptions") is 1 && key.GetValue("EnableFirewall") is 1)
                {
                    return profile;
                }
            }
        }

        return null;
    }

    /// <summary>Why a reflected connection did not arrive.</summary>
    internal static (string Reason, string Fix) Explain() => BlocksAllInbound() is { } profile
        ? ($"Windows Firewall blocks all inbound connections in its {profile}, and reflected connections arrive as such",
            "allow the inbound rule \"AktoDivert listener\" in that profile: clear \"Block all incoming connections\", or change the group policy")
        : ("a connection that was sent through the driver did not come back in to the listener",
            "check the inbound rule \"AktoDivert listener\" of Windows Firewall (aktodivert service install adds it), and allow aktodivert.exe in other firewalls and antivirus programs");
}
