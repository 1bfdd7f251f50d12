using System.Text.Json;
using System.Text.Json.Nodes;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Doctor;
using AktoDivert.Agent.Policy;
using AktoDivert.Capture.Scrub;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Hosting;

/// <summary>Puts a diagnostics report together: what <c>doctor</c> and <c>status</c> say and the newest lines of the log, scrubbed of credentials.</summary>
internal sealed class DiagnosticsSource(
    AgentOptions options, PolicyStore policy, AgentEnvironment environment, StatusSource status, RecentLog log, ConsoleLink link, TimeProvider time)
{
    private const int MostLearned = 200;

    /// <summary>The report as JSON, at most <see cref="DiagnosticsReport.MostBytes"/>.</summary>
    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        var inForce = policy.InForce;
        var surroundings = new DoctorSurroundings
        {
            Options = options, Selection = inForce.Selection, Apps = inForce.Apps, Environment = environment.Variables, Time = time,
        };
        var findings = await DoctorChecks.RunAsync(DoctorChecks.All(link), surroundings, cancellationToken);
        var now = status.Read();
        var report = new DiagnosticsReport
        {
            TakenMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Version = StatusSource.Version,
            Findings = [.. findings.Select(f => new DiagnosticsFinding(f.Name, f.Outcome.ToString().ToLowerInvariant(), Clean(f.Finding), Clean(f.Fix)))],
            Status = Cleaned(now with { Learned = [.. now.Learned.Take(MostLearned)] }),
            Log = [.. log.Read().Select(Clean)],
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(report, WireJson.Default.DiagnosticsReport);
        while (json.Length > DiagnosticsReport.MostBytes && report.Log.Count > 0)
        {
            report = report with { Log = [.. report.Log.Skip((report.Log.Count + 1) / 2)] };
            json = JsonSerializer.SerializeToUtf8Bytes(report, WireJson.Default.DiagnosticsReport);
        }

        return json.Length <= DiagnosticsReport.MostBytes
            ? json
            : JsonSerializer.SerializeToUtf8Bytes(report with { Status = null }, WireJson.Default.DiagnosticsReport);
    }

    private static JsonElement Cleaned(StatusReport report)
    {
        var cleaned = Cleaned(JsonSerializer.SerializeToNode(report, ControlJson.Default.StatusReport))!;
        return JsonSerializer.Deserialize(cleaned.ToJsonString(), WireJson.Default.JsonElement);
    }

    private static JsonNode? Cleaned(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Cleaned(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Cleaned)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Clean(text)),
        _ => node?.DeepClone(),
    };

    private static string Clean(string text) => TextScrubber.Scrub(text);
}
