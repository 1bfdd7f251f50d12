using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.SideBySide.Peers;

/// <summary>The redirect engine that lets the selected <see cref="Bystander"/> go direct, held to the shipped AI domains.</summary>
internal static class DirectEngine
{
    /// <summary>Runs until standard input ends, answering each line with <c>DIRECT started refused</c>: how many there were.</summary>
    public static async Task<int> RunAsync()
    {
        var counts = new Counts();
        await using var engine = RedirectorFactory.Create(NullLoggerFactory.Instance, TimeProvider.System);
        var bystander = new ProcessSelector(ProcessSelectorKind.Name, Path.GetFileName(Environment.ProcessPath!));
        engine.Select(new ProcessSelection(RedirectScope.AllowList, [new CatalogueApp("bystander", "Bystander", [bystander], [], [])]));
        var target = new RedirectTarget(1, 1, [Bystander.Address.Port], DenyQuic: true, TimeSpan.FromSeconds(60), counts);
        await engine.StartAsync(target, CancellationToken.None);
        var policy = PolicySnapshot.Compile(new PolicySettings { AiDomains = DefaultDomains.Ai }, out _);
        if (engine.DirectRoutes is not { } routes || !routes.Hold(policy.Reach.Areas) || !routes.Allow(Bystander.Address, TimeSpan.FromHours(1)))
        {
            Console.WriteLine($"NOT ACTIVE {engine.Health.Reason}");
            return 1;
        }

        Console.WriteLine("READY");
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine($"DIRECT {counts.Started} {counts.Refused}");
        }

        return 0;
    }

    private sealed class Counts : IDirectFlowObserver
    {
        private int _started;
        private int _refused;

        public int Started => Volatile.Read(ref _started);

        public int Refused => Volatile.Read(ref _refused);

        void IDirectFlowObserver.Started(RedirectedFlow flow, string host) => Interlocked.Increment(ref _started);

        void IDirectFlowObserver.Ended(ulong id, long bytesUp, long bytesDown)
        {
        }

        void IDirectFlowObserver.Refused(RedirectedFlow flow, string host) => Interlocked.Increment(ref _refused);
    }
}
