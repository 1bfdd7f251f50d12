using AktoDivert.Agent.Service.Windows;
using AktoDivert.Core.Flows;
using AktoDivert.Redirect;
using Microsoft.Extensions.Hosting;

namespace AktoDivert.Agent.Hosting;

/// <summary>Tells the redirect engine when the machine sleeps and wakes.</summary>
internal sealed class PowerWorker(PowerEvents power, IFlowRedirector redirector) : IHostedService
{
    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (redirector is ISuspendable engine)
        {
            power.Suspending += engine.Suspend;
            power.Resumed += engine.Resume;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken)
    {
        if (redirector is ISuspendable engine)
        {
            power.Suspending -= engine.Suspend;
            power.Resumed -= engine.Resume;
        }

        return Task.CompletedTask;
    }
}
