using System.Globalization;
using System.Net.Http.Json;
using AktoDivert.Console.Hosting;
using AktoDivert.Core.Wire;

namespace AktoDivert.SystemTests.Console;

/// <summary>Four devices, a day of their calls and what guardrails found in them: enough for every page to have something to show.</summary>
internal static class SampleFleet
{
    private const int Calls = 260;

    private static readonly (string Device, string User, string Os)[] Devices =
        [("alice-laptop", "alice", "linux"), ("bob-pc", "bob", "windows"), ("carol-mac-vm", "carol", "linux"), ("build-07", "ci", "linux")];

    private static readonly (string App, string Process, string Host, string Path, string Model, string Rule)[] Apps =
    [
        ("claude-code", "claude", "api.anthropic.com", "/v1/messages?beta=true", "claude-sonnet-4-20250514", "AiDomain anthropic.com"),
        ("codex-cli", "codex", "api.openai.com", "/v1/responses", "gpt-5", "AiDomain openai.com"),
        ("github-copilot", "node", "api.githubcopilot.com", "/chat/completions", "gpt-5-mini", "ProxyPattern *.githubcopilot.com"),
        ("cursor", "cursor", "api2.cursor.sh", "/aiserver.v1.ChatService/StreamChat", "claude-opus-4", "AiDomain cursor.sh"),
        ("chatgpt", "ChatGPT.exe", "chatgpt.com", "/backend-api/conversation", "gpt-5", "AiDomain chatgpt.com"),
    ];

    private static readonly string[] Prompts =
    [
        "Why does this test time out only on CI?", "Write a migration that splits the name column.", "Explain the difference between a mutex and a semaphore.",
        "Refactor the retry loop so that it backs off with jitter.", "Summarise the minutes of Monday's call.", "What is a monad?",
        "Draft a reply to the customer about the delayed shipment.", "Find the race in this Go snippet.", "Translate the release notes to German.",
    ];

    /// <summary>Enrols the devices and uploads everything.</summary>
    public static async Task SendAsync(ConsoleHost host, CancellationToken cancellation)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        for (var d = 0; d < Devices.Length; d++)
        {
            using var client = new HttpClient { BaseAddress = host.Address };
            var (device, user, os) = Devices[d];
            var enrol = new EnrolRequest(await host.CreateEnrolmentTokenAsync(), $"agent-{d + 1}", device, os);
            using var answer = await client.PostAsJsonAsync("api/agent/enrol", enrol, WireJson.Default.EnrolRequest, cancellation);
            answer.EnsureSuccessStatusCode();
            var token = (await answer.Content.ReadFromJsonAsync(WireJson.Default.EnrolResponse, cancellation))!.DeviceToken;
            client.DefaultRequestHeaders.TryAddWithoutValidation("authorization", token);
            var own = Enumerable.Range(0, Calls).Where(i => i % Devices.Length == d);
            await PostAsync(client, "api/ingestData", JsonContent.Create(new IngestBatch([.. own.Select(i => Record(i, device, user, now))]), WireJson.Default.IngestBatch), cancellation);
            await PostAsync(client, "api/agent/flows", JsonContent.Create(new FlowReport(device, user, [.. own.Select(i => Flow(i, now))]), WireJson.Default.FlowReport), cancellation);
            await PostAsync(client, "api/updateModuleInfoForHeartbeat", JsonContent.Create(Heartbeat(d, device, user, os, now), WireJson.Default.ModuleHeartbeat), cancellation);
        }
    }

    private static async Task PostAsync(HttpClient client, string path, HttpContent content, CancellationToken cancellation)
    {
        using var answer = await client.PostAsync(path, content, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private static IngestRecord Record(int i, string device, string user, DateTimeOffset now)
    {
        // A cheap spread without a random source, so that every run shows the same.
        var spread = (i * 7919) % 1000;
        var app = Apps[(i * 13 / 4) % Apps.Length];
        var started = now.AddMinutes(-(Calls - i) * 5.2);
        var conversation = $"conv-{user}-{app.App}-{i / 40}";
        var (input, output) = (900 + (spread * 31 % 24_000), 80 + (spread * 17 % 3_000));
        var failed = i % 29 == 5;
        var finding = Finding(i);
        var prompt = finding is null ? Prompts[i % Prompts.Length] : $"Deploy with AKIA****************: {Prompts[i % Prompts.Length]}";
        return new IngestRecord
        {
            Path = app.Path,
            RequestHeaders = """{"content-type":"application/json","user-agent":"sample/1.0"}""",
            ResponseHeaders = """{"content-type":"application/json"}""",
            Method = "POST",
            RequestPayload = Request(app.Model, prompt),
            ResponsePayload = failed ? """{"error":{"message":"overloaded"}}""" : Answer(input, output, i),
            Ip = user,
            DestinationIp = "192.0.2.10",
            Time = started.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            StatusCode = failed ? "529" : "200",
            Type = "HTTP/2",
            Status = failed ? "529" : "200",
            VxlanId = device,
            Tag = "{}",
            Audit = new ExchangeAudit
            {
                Id = $"r{i}",
                Device = device,
                User = user,
                App = app.App,
                Process = app.Process,
                ProcessPath = $"/usr/local/bin/{app.Process}",
                Pid = 4000 + (i % 9),
                FlowId = $"f{i / 3}",
                StreamId = 1 + (2 * (i % 3)),
                Sni = app.Host,
                Url = $"https://{app.Host}{app.Path}",
                Destination = "192.0.2.10:443",
                Ja4 = "t13d1516h2_8daaf6152771_02713d6af862",
                Rule = app.Rule,
                StartUnixMilliseconds = started.ToUnixTimeMilliseconds(),
                TimeToFirstByteMilliseconds = 180 + spread,
                DurationMilliseconds = 900 + (spread * 9),
                AddedMicroseconds = 40 + (spread / 10),
                RequestBytes = input * 4,
                ResponseBytes = output * 5,
                End = "Complete",
                Ai = new AuditAiCall
                {
                    Shape = "anthropic.messages", Operation = "chat", Provider = app.Host.Contains("anthropic", StringComparison.Ordinal) ? "anthropic" : "openai",
                    RequestModel = app.Model, ConversationId = conversation, InputTokens = failed ? null : input, OutputTokens = failed ? null : output,
                    CacheReadTokens = failed ? null : input / 2, ToolNames = i % 4 == 1 ? ["Bash"] : null,
                },
                Guard = finding is null ? new AuditGuard { Verdict = "allow" } : new AuditGuard
                {
                    Verdict = finding.Action, Policy = finding.Policy, Reason = $"Blocked by the policy \"{finding.Policy}\".", Severity = finding.Severity, Findings = [finding],
                },
            },
        };
    }

    private static FlowRecord Flow(int i, DateTimeOffset now)
    {
        var app = Apps[(i * 13 / 4) % Apps.Length];
        var (host, action, source, rule, reason) = (i % 11) switch
        {
            1 or 6 => ("statsig.anthropic.com", "Passthrough", "ChattyDomain", "statsig.anthropic.com", "chatty domain: counted and left alone"),
            4 => ("accounts.google.com", "Passthrough", "BuiltIn", "accounts.google.com", "sign-ins are never touched"),
            7 => ("ws.chatgpt.com", "Passthrough", "LearnedPassthrough", $"{app.Process} ws.chatgpt.com", "the app refused our certificate"),
            9 => ("registry.example.org", "Passthrough", "Default", "", "no rule matches the host"),
            _ => (app.Host, "Intercept", app.Rule.Split(' ')[0], app.Rule.Split(' ')[1], $"{app.Host} is to be inspected"),
        };
        var started = now.AddMinutes(-(Calls - i) * 5.2);
        return new FlowRecord
        {
            Id = $"f{i / 3 * 3}-{i}", Started = started, Ended = i % 13 == 0 ? null : started.AddSeconds(2 + (i % 300)), Pid = 4000 + (i % 9), Process = app.Process,
            Path = $"/usr/local/bin/{app.Process}", App = app.App, Host = host, Destination = "192.0.2.10:443", Class = "Tls", Action = action, Source = source, Rule = rule,
            Reason = reason, Protocol = action == "Intercept" ? "h2" : null, BytesUp = 3000 + (i * 37 % 9000), BytesDown = 9000 + (i * 731 % 90_000),
            End = i % 13 == 0 ? null : i % 47 == 3 && action == "Intercept" ? "UpstreamTlsFailed" : "Completed",
        };
    }

    private static string Request(string model, string prompt) =>
        $$$"""{"model":"{{{model}}}","system":"You are a helpful engineer.","tools":[{"name":"Bash","input_schema":{}},{"name":"mcp__github__create_issue","input_schema":{}}],"messages":[{"role":"user","content":"{{{prompt}}}"}]}""";

    private static string Answer(int input, int output, int i) => i % 4 == 1
        ? $$$"""{"role":"assistant","content":[{"type":"text","text":"I will look at the log first."},{"type":"tool_use","id":"t{{{i}}}","name":"Bash","input":{"command":"tail -n 50 build.log"}}],"usage":{"input_tokens":{{{input}}},"output_tokens":{{{output}}}}}"""
        : $$$"""{"role":"assistant","content":[{"type":"text","text":"A monad is a monoid in the category of endofunctors.\n\nIn practice: a way to chain computations."}],"usage":{"input_tokens":{{{input}}},"output_tokens":{{{output}}}}}""";

    private static AuditFinding? Finding(int i) => (i % 37) switch
    {
        3 => new AuditFinding { Policy = "No secrets to AI", Detector = "secrets", Rule = "aws-access-key", Entity = "aws-access-key", Score = 1, Severity = "critical", Action = "block", Direction = "request", Evidence = "AKIA************7Q", Hash = $"{i:x64}", Where = "messages[0].content" },
        11 => new AuditFinding { Policy = "Customer data", Detector = "pii", Rule = "iban", Entity = "iban", Score = 0.93, Severity = "high", Action = "redact", Direction = "request", Evidence = "DE89**************00", Hash = $"{i:x64}", Where = "messages[0].content" },
        19 => new AuditFinding { Policy = "Customer data", Detector = "pii", Rule = "email", Entity = "email", Score = 0.8, Severity = "medium", Action = "alert", Direction = "response", Evidence = "j***@example.com", Hash = $"{i:x64}", Where = "content[0].text" },
        _ => null,
    };

    private static ModuleHeartbeat Heartbeat(int d, string device, string user, string os, DateTimeOffset now) => new(new ModuleInfo
    {
        Id = $"agent-{d + 1}",
        Name = device,
        CurrentVersion = d == 3 ? "0.1.0" : "0.2.0",
        StartedTs = now.AddHours(-30).ToUnixTimeSeconds(),
        LastHeartbeatReceived = now.ToUnixTimeSeconds(),
        AdditionalData = new ModuleAdditionalData
        {
            DeviceId = device,
            Os = os,
            Username = user,
            State = new DeviceState
            {
                Engine = os == "windows" ? "windivert" : "bpf",
                EngineState = d == 3 ? "Unavailable" : "Active",
                EngineReason = d == 3 ? "The kernel is 5.10; redirecting needs 5.18 or newer." : "",
                SettingsVersion = 1,
                CaStores = os == "windows" ? ["Windows machine store"] : ["Debian", "Java 17", "NSS"],
                Leaving = d == 2 ? AgentDeparture.Stopped : "",
                Counters = new Dictionary<string, long>
                {
                    ["redirect.redirected"] = 5204 - (d * 900), ["flow.intercept.ai-domain"] = 2210 - (d * 400), ["redirect.quic-denied"] = 31, ["flow.ech.seen"] = 12,
                },
                Learned = d % 2 == 0
                    ? [new("ChatGPT.exe", "ws.chatgpt.com", "The app refused our certificate (alert 48).", now.AddHours(-5).ToUnixTimeSeconds(), now.AddHours(19).ToUnixTimeSeconds(), 2)]
                    : [new("slack", "wss-primary.slack.com", "The server wants a client certificate.", now.AddHours(-2).ToUnixTimeSeconds(), now.AddHours(22).ToUnixTimeSeconds(), 1)],
            },
        },
    });
}
