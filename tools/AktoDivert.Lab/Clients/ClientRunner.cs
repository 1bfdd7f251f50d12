using System.Diagnostics;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Network;
using AktoDivert.Lab.Upstream;
using AktoDivert.Lab.Upstream.Shapes;

namespace AktoDivert.Lab.Clients;

/// <summary>Runs a client once on the employee's machine and compares what it says with what the servers saw.</summary>
internal sealed class ClientRunner(LabPaths paths, UpstreamView upstream)
{
    public async Task<CallResult> RunAsync(LabClient client, CancellationToken cancellation)
    {
        var run = new ClientRun(ClientRun.NewCall(), paths, EmployeePc.Open(paths));
        var command = await client.Prepare(run);
        var started = Stopwatch.GetTimestamp();
        var result = await ChildProcess.RunAsync(run.Pc.AsEmployee(command.Arguments, command.Variables), client.Limit, cancellation);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var requests = await upstream.SettledAsync(run.Call, cancellation);
        await run.RemoveFilesAsync();
        return Judge(client, run.Call, result, requests) with { Requests = requests.Count, Milliseconds = Math.Round(elapsed.TotalMilliseconds) };
    }

    internal static CallResult Judge(LabClient client, string call, ChildResult result, IReadOnlyList<RequestRecord> requests)
    {
        var blank = new CallResult { Client = client.Name, Call = call };
        if (result.TimedOut)
        {
            return blank with { Detail = $"not finished after {client.Limit.TotalSeconds:0} s: {LastWords(result)}" };
        }

        return client.Report switch
        {
            ClientReport.Refusal => JudgeRefusal(blank, result, requests),
            ClientReport.AnswerText => JudgeAnswer(blank, client, result, requests),
            _ => JudgeReading(blank, client, result, requests),
        };
    }

    private static CallResult JudgeReading(CallResult blank, LabClient client, ChildResult result, IReadOnlyList<RequestRecord> requests)
    {
        if (ClientReading.Parse(result.Output) is not { } reading)
        {
            return blank with { Detail = $"exit code {result.ExitCode} without a report: {LastWords(result)}" };
        }

        var seen = requests.LastOrDefault(request => IsTheCall(client, request));
        var equal = seen is not null && IsWhole(reading, seen);
        return blank with
        {
            Ok = reading.Ok && equal,
            Status = reading.Status,
            Detail = reading.Ok && !equal ? $"the server {(seen is null ? "saw no such request" : "saw other bodies")}" : reading.Detail,
            SentSha256 = reading.Sent,
            ReceivedSha256 = reading.Received,
            BodiesEqual = equal,
        };
    }

    private static bool IsTheCall(LabClient client, RequestRecord request) => request.Host == client.Host && request.Url.Split('?')[0] == client.Path;

    /// <summary>The servers hash no WebSocket: what they echo is compared by the client.</summary>
    private static bool IsWhole(ClientReading reading, RequestRecord seen) => seen.MessagesReceived > 0
        ? reading.Sent == reading.Received
        : reading.Sent == seen.RequestSha256 && reading.Received == seen.ResponseSha256;

    private static CallResult JudgeAnswer(CallResult blank, LabClient client, ChildResult result, IReadOnlyList<RequestRecord> requests)
    {
        var answered = result.Output.Contains(Answers.Text, StringComparison.Ordinal);
        var arrived = requests.Any(request => IsTheCall(client, request) && (request.MessagesReceived > 0 || request.ResponseLength > 0));
        var ok = result.ExitCode == 0 && answered && arrived;
        return blank with
        {
            Ok = ok,
            BodiesEqual = ok,
            Detail = ok ? Answers.Text : $"exit code {result.ExitCode}, answer {(answered ? "whole" : "missing")}, request {(arrived ? "arrived" : "missing")}: {LastWords(result)}",
        };
    }

    private static CallResult JudgeRefusal(CallResult blank, ChildResult result, IReadOnlyList<RequestRecord> requests)
    {
        var refused = ClientReading.Parse(result.Output) is { Ok: false, Status: 0 } && requests.Count == 0;
        return blank with { Ok = refused, BodiesEqual = refused, Detail = refused ? "refused, as it must be" : $"not refused: {LastWords(result)}" };
    }

    private static string LastWords(ChildResult result)
    {
        var words = (result.Error.Trim().Length > 0 ? result.Error : result.Output).Trim();
        return words[^Math.Min(words.Length, 400)..];
    }
}
