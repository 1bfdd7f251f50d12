using System.Runtime.InteropServices;

namespace AktoDivert.Agent.Doctor.Traps.Windows;

/// <summary>There is no signed WinDivert driver for ARM64, and an emulated x64 program cannot load one.</summary>
/// <param name="machine">The machine's architecture, not this process's.</param>
internal sealed class ArchitectureTrap(Architecture machine) : Trap("architecture")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings) => machine == Architecture.X64
        ? Ok("x64")
        : Fail($"this machine is {machine}: WinDivert has a signed driver for x64 only, so nothing is redirected", "cover it by other means, for example a proxy setting; all connections go direct");
}
