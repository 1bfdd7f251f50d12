using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Calls;

/// <summary>
/// Turns uploaded records into rows. What the record's audit part says of the call is taken; what it leaves out is read from the bodies.
/// Records of Akto's own clients carry no audit part; what only it would say is then left empty.
/// </summary>
internal sealed class CallIntake(SettingsStore settings, ContentSeal seal, ContentMask mask, ConsoleOptions options)
{
    private const int MostFindings = 200;

    /// <summary>Makes the rows with sealed content; null when nothing of the app's calls is kept.</summary>
    public NewCall? Read(IngestRecord record, string deviceId, DateTimeOffset received)
    {
        var audit = record.Audit;
        var kept = settings.Current.KeptOf(AppOf(audit));
        if (kept == PrivacyLevel.None)
        {
            return null;
        }

        record = kept == PrivacyLevel.Redacted ? mask.Apply(record) : record;
        var call = Row(record, deviceId, received);
        var turns = ChatText.Read(record.RequestPayload, "", (audit?.Messages ?? []).Where(m => m.FromApp).ToList());
        var tools = ToolUses.Find(record.RequestPayload, record.ResponsePayload, call.Host, audit?.Ai);
        call.ConversationId = ColumnText.Short(audit?.Ai?.ConversationId is { Length: > 0 } conversation ? conversation : Conversation(call, turns));
        call.ToolCalls = tools.Sum(t => t.Called);
        call.Kept = kept;
        if (kept == PrivacyLevel.Metadata)
        {
            return new NewCall(call, null, Violations(call, audit?.Guard), tools);
        }

        var prompt = Prompt.Line(turns);
        (call.SealedPrompt, call.PromptWords) = (seal.SealText(prompt, call.Id), WordIndex.Of(prompt, seal));
        var content = new SealedContent(
            record.RequestHeaders, record.RequestPayload, record.ResponseHeaders, record.ResponsePayload,
            audit?.Messages is { } messages ? JsonSerializer.Serialize(messages, WireJson.Default.IReadOnlyListAuditMessage) : null);
        return new NewCall(
            call, new CallContentRow { DeviceId = deviceId, At = call.At, Id = call.Id, Sealed = content.Seal(seal, call.Id) },
            Violations(call, audit?.Guard), tools);
    }

    private CallRow Row(IngestRecord record, string deviceId, DateTimeOffset received)
    {
        var (audit, ai) = (record.Audit, record.Audit?.Ai);
        var counted = ai is { InputTokens: null, OutputTokens: null } or null ? TokenUsage.Find(record.ResponsePayload) : new TokenUsage(ai.InputTokens, ai.OutputTokens);
        var uri = Uri.TryCreate(audit?.Url, UriKind.Absolute, out var parsed) ? parsed : null;
        var host = ColumnText.Short(uri?.Authority ?? audit?.Sni ?? "");
        var started = audit?.StartUnixMilliseconds ?? 1000L * Number(record.Time);
        return new CallRow
        {
            Id = ColumnText.Short(audit?.Id is { Length: > 0 } id ? id : Fingerprint(record)),
            DeviceId = deviceId,
            At = DeviceClock.Believable(started, received, options.RetentionAge),
            Device = ColumnText.Short(audit?.Device ?? record.VxlanId),
            User = ColumnText.Short(audit?.User is { Length: > 0 } user ? user : record.Ip),
            App = ColumnText.Short(audit?.App ?? ""),
            Process = ColumnText.Short(audit?.Process ?? ""),
            ProcessPath = ColumnText.Short(audit?.ProcessPath ?? ""),
            Pid = audit?.Pid ?? Number(record.ProcessId),
            Host = host,
            Method = ColumnText.Short(record.Method),
            Path = ColumnText.Short(record.Path),
            PathFamily = Calls.PathFamily.Of(record.Path),
            Url = ColumnText.Short(audit?.Url ?? record.Path),
            Status = Number(record.StatusCode),
            Protocol = ColumnText.Short(record.Type),
            Rule = ColumnText.Short(audit?.Rule ?? ""),
            Destination = ColumnText.Short(audit?.Destination ?? record.DestinationIp),
            Ja4 = ColumnText.Short(audit?.Ja4 ?? ""),
            Verdict = Enum.TryParse<Verdict>(audit?.Guard?.Verdict, ignoreCase: true, out var verdict) ? verdict : Verdict.Allow,
            Findings = audit?.Guard?.Findings.Count ?? 0,
            Flow = audit is null ? "" : ColumnText.Short(FlowName(audit)),
            Model = ColumnText.Short(ai?.RequestModel ?? ai?.ResponseModel ?? ModelName.Find(record.RequestPayload) ?? ModelName.Find(record.ResponsePayload) ?? ""),
            Provider = ColumnText.Short(ai?.Provider is { Length: > 0 } provider ? provider : Calls.Provider.Of(host)),
            InputTokens = counted.Input,
            OutputTokens = counted.Output,
            CacheReadTokens = ai?.CacheReadTokens ?? counted.CacheRead,
            CacheWriteTokens = ai?.CacheCreationTokens ?? counted.CacheWrite,
            StartedMs = started,
            ReceivedMs = received.ToUnixTimeMilliseconds(),
            TtfbMs = audit?.TimeToFirstByteMilliseconds,
            DurationMs = audit?.DurationMilliseconds ?? 0,
            AddedUs = audit?.AddedMicroseconds,
            RequestBytes = audit?.RequestBytes ?? record.RequestPayload.Length,
            ResponseBytes = audit?.ResponseBytes ?? record.ResponsePayload.Length,
            End = ColumnText.Short(audit?.End ?? ""),
            Incomplete = audit?.Incomplete is { } incomplete ? ColumnText.Short(incomplete) : null,
        };
    }

    private static List<ViolationRow> Violations(CallRow call, AuditGuard? guard) => (guard?.Findings ?? []).Take(MostFindings).Select((f, i) => new ViolationRow
    {
        DeviceId = call.DeviceId,
        Id = string.Create(CultureInfo.InvariantCulture, $"{call.Id}.{i}"),
        CallId = call.Id,
        AtMs = call.StartedMs,
        ReceivedMs = call.ReceivedMs,
        Policy = ColumnText.Short(f.Policy),
        Detector = ColumnText.Short(f.Detector),
        Rule = ColumnText.Short(f.Rule),
        Entity = ColumnText.Short(f.Entity),
        Severity = Enum.TryParse<FindingSeverity>(f.Severity, ignoreCase: true, out var severity) ? severity : FindingSeverity.Low,
        Verdict = Enum.TryParse<Verdict>(f.Action, ignoreCase: true, out var verdict) ? verdict : Verdict.Alert,
        Monitor = f.Monitor,
        Location = ColumnText.Short(f.Where),
        Direction = ColumnText.Short(f.Direction),
        Evidence = ColumnText.Short(f.Evidence),
        EvidenceHash = ColumnText.Short(f.Hash ?? ""),
        Score = f.Score,
        Device = call.Device,
        User = call.User,
        App = call.App,
        Process = call.Process,
        Host = call.Host,
        Path = call.Path,
        Model = call.Model,
        ConversationId = call.ConversationId,
    }).ToList();

    /// <summary>
    /// Apps that keep no conversation at the server send all of it each time, so its first turn by the person names it. The name is a hash
    /// that no other device or app shares.
    /// </summary>
    private static string Conversation(CallRow call, IReadOnlyList<ChatTurn> turns) =>
        turns.FirstOrDefault(t => t is { Role: "user", IsAnswer: false } && Prompt.Words(t.Text).Length > 0) is { } first
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{call.DeviceId}\n{call.App}\n{call.Process}\n{first.Text}")).AsSpan(0, 12))
            : "";

    private static string AppOf(ExchangeAudit? audit) => audit?.App is { Length: > 0 } app ? app : audit?.Process ?? "";

    private static string FlowName(ExchangeAudit audit)
    {
        var flow = string.Create(CultureInfo.InvariantCulture, $"{audit.FlowId}/{audit.StreamId}");
        return audit.WebSocketTurn == 0 ? flow : string.Create(CultureInfo.InvariantCulture, $"{flow}/{audit.WebSocketTurn}");
    }

    private static string Fingerprint(IngestRecord record) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(record, WireJson.Default.IngestRecord)));

    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
