using System.Text;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.State;
using AktoDivert.Capture;

namespace AktoDivert.Agent.Hosting;

/// <summary>Finds out who this device is.</summary>
internal static class Device
{
    private const string SystemMachineId = "/etc/machine-id";

    /// <summary>The identity: machine id of the system, or one made at the first start and kept in the state directory.</summary>
    public static DeviceIdentity Identify(AgentOptions options) =>
        DeviceIdentity.Create(Environment.MachineName, MachineId(options), options.Device.User ?? "", options.Device.Label);

    private static string MachineId(AgentOptions options)
    {
        if (File.Exists(SystemMachineId) && File.ReadAllText(SystemMachineId).Trim() is { Length: >= 32 } id)
        {
            return id;
        }

        var own = Path.Combine(options.StateDirectory, "device-id");
        if (!File.Exists(own))
        {
            PrivateFile.Replace(own, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));
        }

        return File.ReadAllText(own);
    }
}
