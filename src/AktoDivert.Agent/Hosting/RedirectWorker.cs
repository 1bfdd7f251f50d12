using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Flows;
using AktoDivert.Proxy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Hosting;

/// <summary>
/// Starts the proxy, then the redirect to it, and tries again while the engine cannot work on this machine. Stops in the other order, so that
/// new connections go direct before the listener closes.
/// </summary>
internal sealed partial class RedirectWorker(
    AgentOptions options,
    TransparentProxy proxy,
    IFlowRedirector redirector,
    PolicyStore policy,
    TimeProvider time,
    ILogger<RedirectWorker> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private string _saidReason = "";

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await proxy.StartAsync();
        policy.Changed += Select;
        Select();
        if (options.Redirect.Enabled)
        {
            await TryStartAsync(cancellationToken);
        }
        else
        {
            LogOff(logger);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        policy.Changed -= Select;
        await base.StopAsync(cancellationToken);
        await redirector.DisposeAsync();
        await proxy.StopAsync();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Redirect.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(RetryAfter, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (redirector.Health.State != RedirectorState.Active)
                {
                    await TryStartAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }

    private void Select() => redirector.Select(policy.Selection);

    private async Task TryStartAsync(CancellationToken cancellationToken)
    {
        var redirect = options.Redirect;
        await redirector.StartAsync(
            new RedirectTarget(proxy.PortV4, proxy.PortV6, redirect.Ports, redirect.DenyQuic, redirect.HeartbeatTimeout, proxy.DirectFlows), cancellationToken);
        var health = redirector.Health;
        if (health.State == RedirectorState.Active)
        {
            _saidReason = "";
            LogActive(logger, redirector.Engine, string.Join(", ", redirect.Ports), policy.Selection.Scope.ToString());
            if (redirect.Direct && redirector.DirectRoutes is null)
            {
                LogNoDirect(logger, redirector.Engine);
            }
        }
        else if (_saidReason != health.Reason)
        {
            _saidReason = health.Reason;
            LogUnavailable(logger, redirector.Engine, health.Reason, health.Fix);
        }
    }

    [LoggerMessage(4010, LogLevel.Information, "redirect engine {Engine} active for port {Ports}, scope {Scope}")]
    private static partial void LogActive(ILogger logger, string engine, string ports, string scope);

    [LoggerMessage(4011, LogLevel.Error, "redirect engine {Engine} cannot work, all connections go direct: {Reason} Fix: {Fix} It is tried again every 30 seconds.")]
    private static partial void LogUnavailable(ILogger logger, string engine, string reason, string fix);

    [LoggerMessage(4013, LogLevel.Warning, "$.redirect.direct has no effect: the engine {Engine} redirects every connection of selected programs on this machine")]
    private static partial void LogNoDirect(ILogger logger, string engine);

    [LoggerMessage(4012, LogLevel.Warning, "redirect is off by configuration ($.redirect.engine is none): all connections go direct")]
    private static partial void LogOff(ILogger logger);
}
