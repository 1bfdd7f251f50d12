using AktoDivert.Agent.Service.Windows;

namespace AktoDivert.Agent.Service;

/// <summary>Chooses what runs services on this machine.</summary>
internal static class AgentService
{
    /// <summary>The service of this machine.</summary>
    public static IAgentService OfThisMachine() => OperatingSystem.IsWindows() ? new WindowsService() : SystemdService.OfThisMachine();
}
