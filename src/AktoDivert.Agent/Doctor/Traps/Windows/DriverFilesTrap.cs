using AktoDivert.Redirect.Windows;

namespace AktoDivert.Agent.Doctor.Traps.Windows;

/// <summary>The driver is loaded only when its files are those that the agent was released with; antivirus programs like to remove them.</summary>
/// <param name="folder">The agent's own folder.</param>
internal sealed class DriverFilesTrap(string folder) : Trap("WinDivert files")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings) => DriverFiles.Fault(folder) is { } fault
        ? Fail($"{fault}, so nothing is redirected", "install again with install.ps1, and make an exception for the folder in the antivirus program")
        : Ok("WinDivert.dll and WinDivert64.sys are those of the lock file");
}
