using System.ComponentModel;
using System.Runtime.Versioning;
using AktoDivert.Agent.Service.Windows;
using AktoDivert.Agent.Service.Windows.Interop;

namespace AktoDivert.Agent.Doctor.Traps.Windows;

/// <summary>An agent that no service starts is gone after the next restart of the machine.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ServiceTrap() : Trap("service")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        try
        {
            using var control = new ServiceControl();
            return control.State(ServiceDefinition.Name) switch
            {
                null => Warn("the agent is not installed as a service, so a restart of the machine ends it", "run install.ps1, or: aktodivert service install"),
                ServiceNative.Running => Ok("installed and running"),
                var state => Warn($"installed and not running (state {state})", "aktodivert service start; the Application event log, source AktoDivert, says why it ended"),
            };
        }
        catch (Win32Exception fault)
        {
            return Warn($"could not look: {fault.Message}", "run the doctor as Administrator");
        }
    }
}
