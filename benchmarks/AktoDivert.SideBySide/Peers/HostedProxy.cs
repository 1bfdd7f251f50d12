using AktoDivert.Agent.Benchmarking;
using AktoDivert.Agent.Commands;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Policy;
using AktoDivert.Proxy;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Gates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AktoDivert.SideBySide.Peers;

/// <summary>The agent's proxy with something changed that the shipped program has no switch for.</summary>
internal static class HostedProxy
{
    // Nothing of this is in what the loads send: what is measured is the looking.
    private const string Policies = """{"policies":[{"name":"benchmark","action":"redact","detectors":[{"type":"secrets"},{"type":"pii"}]}]}""";

    /// <summary>Runs until standard input ends.</summary>
    /// <param name="folder">Certificates and state.</param>
    /// <param name="upstream">Port of the server.</param>
    /// <param name="capture"><c>on</c>, <c>off</c>, or <c>guarded</c>: capture, and a policy that enforces.</param>
    /// <param name="patterns">Further Proxy Patterns.</param>
    public static async Task<int> RunAsync(string folder, int upstream, string capture, int patterns)
    {
        var policies = Path.Combine(folder, "guard.json");
        await File.WriteAllTextAsync(policies, Policies);
        var proxy = new BenchmarkProxy(folder, upstream, AgentConsole.OfThisProcess())
        {
            ExtraPatterns = patterns,
            GuardPoliciesFile = capture == "guarded" ? policies : null,
            Replace = capture == "off" ? services => services.AddSingleton(WithoutTaps) : null,
        };
        await proxy.RunAsync(CancellationToken.None);
        return 0;
    }

    private static TransparentProxy WithoutTaps(IServiceProvider services) => new(
        services.GetRequiredService<ProxyOptions>(),
        services.GetRequiredService<IFlowRedirector>(),
        services.GetRequiredService<PolicyProvider>(),
        services.GetRequiredService<ILeafCertificateSource>(),
        new NoTaps(),
        services.GetRequiredService<IGuard>(),
        services.GetRequiredService<IFlowObserver>(),
        services.GetRequiredService<AgentCounters>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILoggerFactory>());

    private sealed class NoTaps : IConnectionTapFactory, IConnectionTap
    {
        public IConnectionTap Create(Flow flow) => this;

        public void Feed(RelayDirection direction, ReadOnlySpan<byte> bytes)
        {
        }

        public void Forwarded(RelayDirection direction)
        {
        }

        public void Judged(in Judged judged)
        {
        }

        public void End(RelayDirection direction, bool aborted)
        {
        }

        public void Close()
        {
        }
    }
}
