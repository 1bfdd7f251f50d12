using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect;
using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.SideBySide.Suites;

/// <summary>
/// What the redirect engine costs a connection that it does not redirect: the same work with the programs attached and without, in turns. Of a
/// process that is not selected, and of a selected one to a destination where nothing is intercepted.
/// </summary>
internal static class RedirectSuite
{
    /// <summary>Runs it. Needs root.</summary>
    public static async Task RunAsync(Scope scope)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            scope.Findings.Miss("redirect", "needs root: it attaches eBPF programs");
            return;
        }

        using var bystander = await BystanderProcess.StartAsync();
        await RunAsync(scope, bystander, "not selected process", async () => await AttachAsync());
        await RunAsync(scope, bystander, "flow to a host that is not intercepted", async () => await DirectEngineProcess.StartAsync(bystander));
    }

    private static async Task RunAsync(Scope scope, BystanderProcess bystander, string whose, Func<Task<IAsyncDisposable>> attach)
    {
        var (connection, bulk) = ($"{whose}, new connection", $"{whose}, bulk");
        await scope.Findings.TryAsync(connection, () => MeasureAsync(bystander, attach, scope.Rounds, "connections", scope.Amount(10_000), connection, 1.1));
        await scope.Findings.TryAsync(bulk, () => MeasureAsync(bystander, attach, scope.Rounds * 3, "megabytes", scope.Amount(1_500), bulk, 1.04));
    }

    private static async Task<Row> MeasureAsync(
        BystanderProcess bystander, Func<Task<IAsyncDisposable>> attach, int rounds, string unit, int count, string work, double goal)
    {
        var (with, without) = (new List<double>(), new List<double>());
        await bystander.CostAsync(unit, count);
        for (var round = 0; round < rounds * 2; round++)
        {
            // A B B A ...
            if (round % 4 is 1 or 2)
            {
                await using var engine = await attach();
                var direct = engine as DirectEngineProcess;
                var before = direct?.CpuSeconds ?? 0;
                var cost = await bystander.CostAsync(unit, count);
                with.Add(cost + (((direct?.CpuSeconds ?? 0) - before) * 1e6 / count));
                await (direct?.AssertDirectAsync(unit == "connections" ? count : 1) ?? Task.CompletedTask);
            }
            else
            {
                without.Add(await bystander.CostAsync(unit, count));
            }
        }

        return Row.Of(work, "no agent", goal, [.. with.Zip(without, (a, b) => a / b)]) with
        {
            Costs = FormattableString.Invariant($"{Row.Median(with):0.0} / {Row.Median(without):0.0} per {unit[..^1]}"),
        };
    }

    private static async Task<IFlowRedirector> AttachAsync()
    {
        var engine = RedirectorFactory.Create(NullLoggerFactory.Instance, TimeProvider.System);
        var nobody = new CatalogueApp("nobody", "Nobody", [new ProcessSelector(ProcessSelectorKind.Name, "no-such-program")], [], []);
        engine.Select(new ProcessSelection(RedirectScope.AllowList, [nobody]));
        await engine.StartAsync(new RedirectTarget(1, 1, [Bystander.Address.Port], DenyQuic: true, TimeSpan.FromSeconds(5)), CancellationToken.None);
        return engine.Health.State == RedirectorState.Active
            ? engine
            : throw new InvalidOperationException($"the redirect engine does not run here: {engine.Health.Reason}");
    }
}
