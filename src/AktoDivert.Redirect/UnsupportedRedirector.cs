using System.Net.Sockets;
using System.Runtime.InteropServices;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;

namespace AktoDivert.Redirect;

/// <summary>Stands in on a platform without an engine: redirects nothing and says why.</summary>
internal sealed class UnsupportedRedirector : IFlowRedirector
{
    public string Engine => "none";

    public RedirectorHealth Health { get; } = RedirectorHealth.Unavailable(
        $"there is no redirect engine for {RuntimeInformation.OSDescription} yet; the one for Windows comes with WinDivert",
        "run the agent on Linux");

    public ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Select(ProcessSelection selection)
    {
    }

    public RedirectedFlow? Resolve(Socket accepted) => null;

    public void Beat()
    {
    }

    public RedirectCounters ReadCounters() => new();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
