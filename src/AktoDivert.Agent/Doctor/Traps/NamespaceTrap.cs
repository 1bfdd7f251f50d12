using System.Globalization;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>An app in a network namespace of its own (container, sandbox) cannot reach the proxy on loopback.</summary>
internal sealed class NamespaceTrap() : Trap("network namespaces")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var own = surroundings.LinkTarget("/proc/self/ns/net");
        var elsewhere = surroundings.RunningApps()
            .Where(app => surroundings.LinkTarget(string.Create(CultureInfo.InvariantCulture, $"/proc/{app.Pid}/ns/net")) is { } theirs && theirs != own)
            .Select(app => string.Create(CultureInfo.InvariantCulture, $"{app.App} ({app.Pid})"))
            .ToArray();
        return elsewhere.Length == 0
            ? Ok("all running apps share the agent's")
            : Warn($"in another one, so not redirected: {string.Join(", ", elsewhere)}", "run an agent inside that container, or the app outside of it");
    }
}
