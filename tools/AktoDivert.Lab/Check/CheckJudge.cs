using AktoDivert.Lab.Clients;

namespace AktoDivert.Lab.Check;

/// <summary>Holds what was seen of a client's run against what must be seen.</summary>
internal static class CheckJudge
{
    /// <param name="client">The client.</param>
    /// <param name="result">How its run went.</param>
    /// <param name="flows">Flows of the run to the client's host.</param>
    /// <param name="recorded">The recorded call that carries the run's identity; null when there is none.</param>
    public static CheckRow Judge(LabClient client, CallResult result, IReadOnlyList<SeenFlow> flows, SeenCall? recorded) => new(
        client.Name,
        Redirected(client, flows),
        Decision(client, flows),
        new CheckCell(result.Ok && result.BodiesEqual, result.Ok ? "equal" : result.Detail),
        Recorded(client, recorded));

    /// <summary>Whether the console must have a record of the client's call.</summary>
    public static bool MustBeRecorded(LabClient client) => client.Treatment == ClientTreatment.Intercepted && client.Report != ClientReport.Refusal;

    private static CheckCell Redirected(LabClient client, IReadOnlyList<SeenFlow> flows)
    {
        var seen = flows.Count > 0 ? $"yes, {string.Join(' ', flows.Select(flow => flow.Process).Distinct())}" : "no";
        var right = client.Treatment == ClientTreatment.Untouched
            ? flows.Count == 0
            : flows.Count > 0 && flows.All(flow => flow.Process.StartsWith(client.Process, StringComparison.Ordinal));
        return new CheckCell(right, seen);
    }

    private static CheckCell Decision(LabClient client, IReadOnlyList<SeenFlow> flows)
    {
        var seen = flows.Count > 0 ? string.Join("; ", flows.Select(flow => flow.Decision).Distinct()) : "direct";
        var (action, source) = client.Treatment switch
        {
            ClientTreatment.Intercepted => ("Intercept", "AiDomain"),
            ClientTreatment.Chatty => ("Passthrough", "ChattyDomain"),
            ClientTreatment.Unmatched => ("Passthrough", "Default"),
            _ => ("", ""),
        };
        var right = client.Treatment == ClientTreatment.Untouched
            ? flows.Count == 0
            : flows.Count > 0 && flows.All(flow => flow.Action == action && flow.Source == source);
        return new CheckCell(right, seen);
    }

    private static CheckCell Recorded(LabClient client, SeenCall? recorded)
    {
        if (recorded is null)
        {
            return new CheckCell(!MustBeRecorded(client), "no");
        }

        var right = MustBeRecorded(client)
            && recorded.Process.StartsWith(client.Process, StringComparison.Ordinal)
            && recorded.Rule.StartsWith("AiDomain", StringComparison.Ordinal);
        return new CheckCell(right, $"yes, {recorded.Process}, {recorded.Rule}");
    }
}
