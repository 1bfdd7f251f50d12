using AktoDivert.Lab.Clients;

namespace AktoDivert.Lab.Check;

/// <summary>Lets each client make its calls once and compares what client, server, agent and console saw.</summary>
/// <param name="source">Agent and console.</param>
/// <param name="run">Runs one client.</param>
/// <param name="time">The clock the agent's flows are compared with.</param>
/// <param name="recordLimit">How long after the last client a record may take to reach the console.</param>
internal sealed class LabCheck(ICheckSource source, Func<LabClient, CancellationToken, Task<CallResult>> run, TimeProvider time, TimeSpan recordLimit)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, string> _contents = [];

    /// <summary>Runs the clients one after another, so that each flow can be told to be of one client by its time.</summary>
    public async Task<IReadOnlyList<CheckRow>> RunAsync(IReadOnlyList<LabClient> clients, Action<LabClient> progress, CancellationToken cancellation)
    {
        var before = (await source.CallsAsync(0, cancellation)).Select(call => call.Seq).DefaultIfEmpty(0).Max();
        var runs = new List<(LabClient Client, CallResult Result, IReadOnlyList<SeenFlow> Flows)>();
        foreach (var client in clients)
        {
            progress(client);
            var started = time.GetUtcNow();
            var result = await run(client, cancellation);
            var flows = await source.FlowsAsync(cancellation);
            runs.Add((client, result, [.. flows.Where(flow => flow.Started >= started && flow.Host == client.Host)]));
        }

        var recorded = await WaitForRecordsAsync(before, [.. runs.Select(run => (run.Client, run.Result))], cancellation);
        return [.. runs.Select(run => CheckJudge.Judge(run.Client, run.Result, run.Flows, recorded.GetValueOrDefault(run.Result.Call)))];
    }

    /// <summary>The record of each call, once all that must be there are, or the limit has passed.</summary>
    private async Task<Dictionary<string, SeenCall>> WaitForRecordsAsync(
        long before, IReadOnlyList<(LabClient Client, CallResult Result)> runs, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var found = await FindRecordsAsync(before, runs, cancellation);
            var complete = runs.All(run => !CheckJudge.MustBeRecorded(run.Client) || found.ContainsKey(run.Result.Call));
            if (complete || time.GetElapsedTime(started) > recordLimit)
            {
                return found;
            }

            await Task.Delay(PollInterval, time, cancellation);
        }
    }

    private async Task<Dictionary<string, SeenCall>> FindRecordsAsync(
        long before, IReadOnlyList<(LabClient Client, CallResult Result)> runs, CancellationToken cancellation)
    {
        var found = new Dictionary<string, SeenCall>();
        foreach (var call in await source.CallsAsync(before, cancellation))
        {
            if (!_contents.TryGetValue(call.Id, out var content))
            {
                _contents[call.Id] = content = await source.ContentAsync(call.Id, cancellation);
            }

            // The prompt carries the identity of the run; credentials, which carry it too, must not have left the machine.
            var owner = runs.FirstOrDefault(run => run.Client.Host == call.Host && run.Client.Path == call.Path.Split('?')[0]
                && content.Contains($"lab call {run.Result.Call}", StringComparison.Ordinal));
            if (owner.Result is { } result)
            {
                found[result.Call] = call;
            }
        }

        return found;
    }
}
