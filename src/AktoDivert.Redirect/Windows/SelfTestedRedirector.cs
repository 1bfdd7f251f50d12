using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect.Windows;

/// <summary>
/// Lets an engine redirect apps only after a connection of our own went the whole way: through the driver, back in through the firewall, to
/// the listener and to the flow table. Until then, and when it fails, no app is selected, so that all connections go direct.
/// </summary>
/// <param name="engine">The engine, which this owns.</param>
/// <param name="probe">Makes the connection.</param>
/// <param name="explain">Finds out why it did not arrive: reason and fix.</param>
/// <param name="logger">Event ids 1050 to 1059.</param>
internal sealed partial class SelfTestedRedirector(
    IFlowRedirector engine, ISelfTestProbe probe, Func<(string Reason, string Fix)> explain, ILogger<SelfTestedRedirector> logger)
    : IFlowRedirector, ISuspendable
{
    // TEST-NET-1 (RFC 5737): no server has it, so nobody is bothered where the test fails.
    private static readonly IPAddress Nowhere = IPAddress.Parse("192.0.2.1");

    private readonly Lock _gate = new();
    private ProcessSelection _wanted = new(RedirectScope.AllowList, []);
    private volatile RedirectorHealth? _fault;
    private volatile TaskCompletionSource? _arrival;
    private bool _passed;

    /// <inheritdoc />
    public string Engine => engine.Engine;

    /// <inheritdoc />
    public RedirectorHealth Health => _fault ?? engine.Health;

    /// <inheritdoc />
    public ProxyPlacement Placement => engine.Placement;

    /// <inheritdoc />
    public async ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken)
    {
        var app = new CatalogueApp("self-test", "self test", [new(ProcessSelectorKind.Path, probe.Program.Replace('\\', '/'))], [], []);
        lock (_gate)
        {
            _passed = false;
            _fault = null;
            engine.Select(new ProcessSelection(RedirectScope.AllowList, [app]));
        }

        await engine.StartAsync(target, cancellationToken).ConfigureAwait(false);
        if (engine.Health.State == RedirectorState.Active)
        {
            await TestAsync(new IPEndPoint(Nowhere, target.Ports[0]), cancellationToken).ConfigureAwait(false);
        }

        lock (_gate)
        {
            _passed = _fault is null;
            engine.Select(_passed ? _wanted : new ProcessSelection(RedirectScope.AllowList, []));
        }
    }

    /// <inheritdoc />
    public void Select(ProcessSelection selection)
    {
        lock (_gate)
        {
            _wanted = selection;
            if (_passed)
            {
                engine.Select(selection);
            }
        }
    }

    /// <inheritdoc />
    public RedirectedFlow? Resolve(Socket accepted)
    {
        var flow = engine.Resolve(accepted);
        if (flow is null || !flow.Destination.Address.Equals(Nowhere))
        {
            return flow;
        }

        _arrival?.TrySetResult();
        return null;
    }

    /// <inheritdoc />
    public void Beat() => engine.Beat();

    /// <inheritdoc />
    public RedirectCounters ReadCounters() => engine.ReadCounters();

    /// <inheritdoc />
    public void Suspend() => (engine as ISuspendable)?.Suspend();

    /// <inheritdoc />
    public void Resume() => (engine as ISuspendable)?.Resume();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private async Task TestAsync(IPEndPoint destination, CancellationToken cancellationToken)
    {
        var arrival = _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var outcome = await probe.ConnectAsync(destination, cancellationToken).ConfigureAwait(false);
        _arrival = null;
        if (arrival.Task.IsCompleted)
        {
            LogPassed(logger);
        }
        else if (outcome == ProbeOutcome.NoNetwork)
        {
            LogNoNetwork(logger);
        }
        else
        {
            var (reason, fix) = explain();
            _fault = RedirectorHealth.Unavailable($"the self test failed: {reason}", fix);
        }
    }

    [LoggerMessage(1050, LogLevel.Information, "self test passed: a connection went through the driver to the listener")]
    private static partial void LogPassed(ILogger logger);

    [LoggerMessage(1051, LogLevel.Information, "self test not possible: this machine has no network now")]
    private static partial void LogNoNetwork(ILogger logger);
}
