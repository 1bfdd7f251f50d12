using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>Stands in for a redirect engine: every connection to the listener was meant for one destination.</summary>
internal sealed class LoopbackRedirector(IPEndPoint destination, string process) : IFlowRedirector
{
    private long _flows;
    private int _beats;

    public IPEndPoint? Destination { get; set; } = destination;

    public int Beats => Volatile.Read(ref _beats);

    public string Engine => "loopback";

    public RedirectorHealth Health => RedirectorHealth.Active;

    public ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Select(ProcessSelection selection)
    {
    }

    public RedirectedFlow? Resolve(Socket accepted) => Destination is { } known
        ? new((ulong)Interlocked.Increment(ref _flows), known, new ProcessIdentity { Pid = 1, Name = process })
        : null;

    public void Beat() => Interlocked.Increment(ref _beats);

    public RedirectCounters ReadCounters() => new();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
