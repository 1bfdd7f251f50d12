using System.ComponentModel;
using System.Runtime.Versioning;
using AktoDivert.Agent.Service.Windows.Interop;

namespace AktoDivert.Agent.Doctor.Traps.Windows;

/// <summary>WinDivert and Windows Firewall both stand on the Base Filtering Engine.</summary>
[SupportedOSPlatform("windows")]
internal sealed class FilteringEngineTrap() : Trap("Base Filtering Engine")
{
    private const string Service = "BFE";

    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        try
        {
            using var control = new ServiceControl();
            return control.State(Service) is ServiceNative.Running
                ? Ok("runs")
                : Fail("the service BFE does not run, so no driver can filter", "in an administrator's terminal: sc config BFE start= auto, then restart the machine");
        }
        catch (Win32Exception fault)
        {
            return Warn($"could not look: {fault.Message}", "run the doctor as Administrator");
        }
    }
}
