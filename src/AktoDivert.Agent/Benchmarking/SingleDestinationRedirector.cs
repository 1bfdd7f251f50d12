using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;

namespace AktoDivert.Agent.Benchmarking;

/// <summary>
/// Takes the redirect engine's place in a benchmark: whoever connects to the listener is an app that wanted one destination. What the
/// kernel side costs is measured elsewhere; this leaves exactly the proxy.
/// </summary>
internal sealed class SingleDestinationRedirector(IPEndPoint destination) : IFlowRedirector
{
    private static readonly ProcessIdentity App = new() { Pid = 1, Name = "benchmark", AppId = "benchmark" };

    private long _flows;

    /// <inheritdoc />
    public string Engine => "benchmark";

    /// <inheritdoc />
    public RedirectorHealth Health => RedirectorHealth.Active;

    /// <inheritdoc />
    public ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc />
    public void Select(ProcessSelection selection)
    {
    }

    /// <inheritdoc />
    public RedirectedFlow? Resolve(Socket accepted) => new((ulong)Interlocked.Increment(ref _flows), destination, App);

    /// <inheritdoc />
    public void Beat()
    {
    }

    /// <inheritdoc />
    public RedirectCounters ReadCounters() => new();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
