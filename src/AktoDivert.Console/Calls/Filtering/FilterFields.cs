using System.Linq.Expressions;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Traffic;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>The fields of the filter language, in the order in which they are suggested.</summary>
internal static class FilterFields
{
    /// <summary>All fields.</summary>
    public static IReadOnlyList<FilterField> All { get; } =
    [
        new TextField("app", "app or process", "app:claude", c => c.App, c => c.Process),
        new TextField("host", "host; .domain takes its subdomains too", "host:*.anthropic.com", c => c.Host) { IsHost = true },
        new TextField("model", "model", "model:claude-sonnet*", c => c.Model),
        new TextField("user", "login name", "user:alice", c => c.User),
        new TextField("device", "device name or id", "device:alice-laptop", c => c.Device, c => c.DeviceId),
        new IntegerField("status", "HTTP status; 0 when no answer came", "status:4xx", c => c.Status),
        new MeasureField("tokens", "tokens in and out", "tokens>4000", isTime: false, c => (c.InputTokens ?? 0) + (c.OutputTokens ?? 0)),
        new MeasureField("duration", "time from start to end", "duration>2s", isTime: true, c => c.DurationMs),
        new MeasureField("ttfb", "time to the first byte of the answer", "ttfb>500ms", isTime: true, c => c.TtfbMs),
        new MeasureField("bytes", "bytes of request and answer", "bytes>1MB", isTime: false, c => c.RequestBytes + c.ResponseBytes),
        new ChoiceField("verdict", "what the guardrails did", "verdict:block", new Dictionary<string, Expression<Func<CallRow, bool>>>
        {
            ["allow"] = c => c.Verdict == Verdict.Allow,
            ["alert"] = c => c.Verdict == Verdict.Alert,
            ["warn"] = c => c.Verdict == Verdict.Warn,
            ["redact"] = c => c.Verdict == Verdict.Redact,
            ["block"] = c => c.Verdict == Verdict.Block,
        }),
        new IntegerField("findings", "how much guardrails found", "findings>0", c => c.Findings),
        // A device whose clock nobody believes has calls that count by their arrival.
        new MomentField("since", "from that moment on", "since:2h", from => c => c.At >= from || (c.At == 0 && c.ReceivedMs >= from)),
        new MomentField("until", "up to that moment", "until:2026-11-25", to => c => c.At < to && (c.At > 0 || c.ReceivedMs < to)),
        new TextField("session", "conversation id, or how it begins", "session:f2c1", c => c.ConversationId) { IsId = true },
        new TextField("provider", "who runs the model", "provider:anthropic", c => c.Provider),
        new IntegerField("tools", "tools that the answer called", "tools>0", c => c.ToolCalls),
        new TextField("process", "executable", "process:node", c => c.Process),
        new TextField("path", "path of the URL", "path:/v1/messages", c => c.Path),
        new TextField("method", "HTTP method", "method=POST", c => c.Method),
        new TextField("protocol", "protocol", "protocol:websocket", c => c.Protocol),
        new TextField("rule", "rule that caught it", "rule:ProxyPattern", c => c.Rule),
        new ChoiceField("decrypt", "how the flow was treated", "decrypt:pinned", Treatment.All.ToDictionary(t => t, t => (Expression<Func<CallRow, bool>>)(c => c.Decrypt == t))),
        new IntegerField("pid", "process id", "pid:4312", c => c.Pid),
        new TextField("flow", "flow id, or how it begins", "flow:f12", c => c.Flow) { IsId = true },
        new ChoiceField("is", "what the call is", "is:error", new Dictionary<string, Expression<Func<CallRow, bool>>>
        {
            ["error"] = c => c.Status >= 400 || c.Status == 0,
            ["incomplete"] = c => c.Incomplete != null,
            ["websocket"] = c => c.Protocol == "WEBSOCKET",
            ["prompt"] = c => c.SealedPrompt != null,
        }),
    ];

    /// <summary>A field by its name, or null.</summary>
    public static FilterField? Find(string name) => All.FirstOrDefault(f => f.Name == name);
}
