using System.Security.Principal;

namespace AktoDivert.Agent.Commands;

/// <summary>What the user of this process may do.</summary>
internal static class Privilege
{
    /// <summary>Whether it runs as root; on Windows with the rights of an Administrator in force, not merely available.</summary>
    public static bool IsAdministrator()
    {
        if (!OperatingSystem.IsWindows())
        {
            return Environment.IsPrivilegedProcess;
        }

        using var identity = WindowsIdentity.GetCurrent();
        return new WindowsPrincipal(identity).IsInRole(WindowsBuiltInRole.Administrator);
    }
}
