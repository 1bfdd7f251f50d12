using System.CommandLine;
using System.Globalization;
using AktoDivert.Agent.Control;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Commands;

/// <summary><c>tail</c>.</summary>
internal static class TailCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var flows = new Option<bool>("--flows") { Description = "Only flows: connections as they are decided and as they end." };
        var calls = new Option<bool>("--calls") { Description = "Only calls: requests with their answers as they are recorded." };
        var recent = new Option<bool>("--recent") { Description = "Begin with calls of the last five minutes that nobody has read, the newest 256: where a console takes them there are none." };
        var count = new Option<int?>("--count") { Description = "Stop after this many lines.", HelpName = "n" };
        var command = new AgentCommand("tail", "Follow flows and calls live, one line each, until Ctrl+C.", """
            aktodivert tail
            aktodivert tail --calls --json
            aktodivert tail --calls --recent
            aktodivert tail --flows --count 10
            """)
        { flows, calls, recent, count };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (onlyFlows, onlyCalls) = (parse.GetValue(flows), parse.GetValue(calls));
            var request = new ControlRequest { Op = ControlOps.Tail, Flows = onlyFlows || !onlyCalls, Calls = onlyCalls || !onlyFlows, Recent = parse.GetValue(recent) };
            await using var client = await ControlClient.ConnectAsync(context.Options(parse).ControlSocket, cancellationToken);
            await client.AskAsync(request, cancellationToken);
            var left = parse.GetValue(count) ?? int.MaxValue;
            try
            {
                await foreach (var line in client.FollowAsync(cancellationToken))
                {
                    Write(context.Console, line, parse.GetValue(context.Json));
                    if (--left <= 0)
                    {
                        break;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // Ctrl+C is how a person ends it.
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(AgentConsole console, ControlResponse line, bool json)
    {
        if (json)
        {
            console.WriteJson(line, ControlJson.Default.ControlResponse);
        }
        else if (line.Flow is { } flow)
        {
            console.WriteLine(AgentConsole.Printable(Text(flow)));
        }
        else if (line.Call is { } call)
        {
            console.WriteLine(AgentConsole.Printable(Text(call)));
        }
    }

    private static string Text(FlowRecord flow) => flow.Ended is { } ended
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{ended:HH:mm:ss.fff} end  {Who(flow)} -> {flow.Host}: {flow.End}{Detail(flow)}, {flow.BytesUp} up, {flow.BytesDown} down{Opaque(flow)}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{flow.Started:HH:mm:ss.fff} flow {Who(flow)} -> {flow.Host} ({flow.Destination}): {flow.Action.ToUpperInvariant()} by {flow.Source} {flow.Rule}");

    private static string Detail(FlowRecord flow) => flow.EndDetail is { Length: > 0 } detail ? $" ({detail})" : "";

    private static string Opaque(FlowRecord flow) => flow.Opaque is { } reason ? $"; not understood: {reason}" : "";

    private static string Who(FlowRecord flow) => string.Create(CultureInfo.InvariantCulture, $"{(flow.App.Length > 0 ? flow.App : flow.Process)}[{flow.Pid}]");

    private static string Text(IngestRecord call)
    {
        var audit = call.Audit;
        var started = DateTimeOffset.FromUnixTimeMilliseconds(audit?.StartUnixMilliseconds ?? 0);
        var who = audit is null ? "" : audit.App.Length > 0 ? audit.App : audit.Process;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{started:HH:mm:ss.fff} call {who}[{audit?.Pid}] {call.Method} {audit?.Url ?? call.Path} {call.StatusCode} {call.Type} {audit?.DurationMilliseconds:0} ms, {audit?.RequestBytes} up, {audit?.ResponseBytes} down");
    }
}
