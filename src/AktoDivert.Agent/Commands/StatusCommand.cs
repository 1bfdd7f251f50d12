using System.CommandLine;
using System.Globalization;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Hosting;

namespace AktoDivert.Agent.Commands;

/// <summary><c>status</c>.</summary>
internal static class StatusCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var command = new AgentCommand("status", "Show what the running agent does: redirect engine, policy, coverage, uploads, certificate authority, learned passthroughs.", """
            aktodivert status
            aktodivert status --json | jq .engine.state
            """);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var status = (await context.AskAsync(parse, new ControlRequest { Op = ControlOps.Status }, cancellationToken)).Status!;
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(status, ControlJson.Default.StatusReport);
            }
            else
            {
                Write(context.Console, status);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(AgentConsole console, StatusReport status)
    {
        var rows = new List<string[]>
        {
            Row("agent", $"{status.Version}, process {status.Pid}, since {status.Started:yyyy-MM-dd HH:mm:ss} UTC, device {status.Device}"),
            Row("redirect", Joined($"{status.Engine.Name}: {status.Engine.State}", status.Engine.Reason, status.Engine.Fix)),
            Row("attempts", $"{status.Engine.Counters.Seen} seen, {status.Engine.Counters.Redirected} redirected, {status.Engine.Counters.NotSelected} of other processes, {status.Engine.Counters.Direct} went direct ({status.Engine.Counters.DirectRefused} of them reset), {status.Engine.Counters.Lost} lost, {status.Engine.Counters.Orphans} orphans"),
            Row("policy", $"version {status.Policy.Version} from {status.Policy.Origin}, scope {status.Policy.Scope}, {status.Policy.Patterns} patterns, {status.Policy.AiDomains} AI and {status.Policy.ChattyDomains} chatty domains"),
            Row("coverage", $"{status.Coverage.Intercepted} intercepted, {Sum(status.Coverage.Passthrough)} passed through{Detail(status.Coverage.Passthrough)}, {Sum(status.Coverage.Failed)} failed{Detail(status.Coverage.Failed)}, {status.Coverage.QuicDenied} QUIC refused, {status.Coverage.Ech} with ECH, {Sum(status.Coverage.Opaque)} not understood{Detail(status.Coverage.Opaque)}"),
            Row("upload", Joined($"{status.Upload.State}{(status.Upload.Console.Length > 0 ? $" to {status.Upload.Console}" : "")}, {status.Upload.RingRecords} calls in memory, {status.Upload.SpoolRecords} on disk", status.Upload.LastError)),
            Row("authority", status.Authority.Error.Length > 0 ? status.Authority.Error : $"generation {status.Authority.Generation}: {status.Authority.Subject}"),
            Row("resources", $"{status.Resources.ResidentBytes / 1048576} MiB, {status.Resources.CpuSeconds:0.0} s of CPU"),
        };
        rows.Insert(4, Row("guardrails", $"{(status.Guardrails.InForce.Count == 0 ? "no policies: calls are recorded and not judged" : string.Join(", ", status.Guardrails.InForce))}{Detail(status.Guardrails.Verdicts)}"));
        rows.AddRange(status.Guardrails.Errors.Select(error => Row("left out", error)));
        rows.AddRange(status.Policy.Errors.Select(error => Row("left out", error)));
        rows.AddRange(status.Authority.Stores.Select(store => Row("trust", $"{store.Key}: {store.Value}")));
        rows.AddRange(status.Learned.Select(entry => Row("learned", $"{entry.Process} -> {entry.Host}: {entry.Reason}, {LearnedCommand.Until(entry)}")));
        console.WriteTable(["what", "state"], rows, "");
    }

    private static string[] Row(string name, FormattableString text) => [name, text.ToString(CultureInfo.InvariantCulture)];

    private static string[] Row(string name, string text) => [name, text];

    private static string Joined(params IEnumerable<string> parts) => string.Join("; ", parts.Where(part => part.Length > 0));

    private static long Sum(IReadOnlyDictionary<string, long> counts) => counts.Values.Sum();

    private static string Detail(IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? "" : $" ({string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))})";
}
