using System.Text.Json.Serialization;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Storage;

/// <summary>One captured call, without its content: what lists, filters and counts need.</summary>
internal sealed class CallRow
{
    /// <summary>Order of arrival on this console; grows, never reused.</summary>
    public long Seq { get; set; }

    /// <summary>
    /// Agent id of the token that uploaded it, which cannot be forged by the record. First of the key: fleets beyond one database are
    /// distributed by it.
    /// </summary>
    public required string DeviceId { get; set; }

    /// <summary>
    /// Unix milliseconds by which the call is partitioned: <see cref="StartedMs"/> when the device's clock is believable, else 0. It follows
    /// from the record alone, so that a repeated upload meets its first one.
    /// </summary>
    public long At { get; set; }

    /// <summary>The record's own id, unique within a device: a repeated upload is recognised by it.</summary>
    public required string Id { get; set; }

    /// <summary>Device label as the record gives it.</summary>
    public required string Device { get; set; }

    public required string User { get; set; }

    public required string App { get; set; }

    public required string Process { get; set; }

    public required string ProcessPath { get; set; }

    public int Pid { get; set; }

    /// <summary>Process id of the parent; 0 when unknown.</summary>
    public int ParentPid { get; set; }

    /// <summary>Executable file name of the parent; empty when unknown.</summary>
    public string ParentProcess { get; set; } = "";

    /// <summary>Version of the app; empty when unknown.</summary>
    public string AppVersion { get; set; } = "";

    public required string Host { get; set; }

    public required string Method { get; set; }

    public required string Path { get; set; }

    public required string Url { get; set; }

    /// <summary>HTTP status; 0 when no response came.</summary>
    public int Status { get; set; }

    public required string Protocol { get; set; }

    public required string Rule { get; set; }

    public required string Destination { get; set; }

    public required string Ja4 { get; set; }

    /// <summary>How the flow was treated; a call is only ever seen of a flow that was intercepted, in whole or until it became opaque.</summary>
    public string Decrypt { get; set; } = "intercepted";

    /// <summary>What the guard did.</summary>
    public Verdict Verdict { get; set; }

    /// <summary>How many findings the record carried.</summary>
    public int Findings { get; set; }

    /// <summary>Flow and stream as <c>flow/stream</c>, and <c>/turn</c> for WebSocket turns.</summary>
    public required string Flow { get; set; }

    /// <summary>Model named by the request, else by the response; empty when neither does.</summary>
    public required string Model { get; set; }

    /// <summary>Who runs the model: <c>anthropic</c>, <c>openai</c>, <c>google</c> and the like; empty when unknown.</summary>
    public string Provider { get; set; } = "";

    /// <summary>The path without what is particular to one call: <c>/v1/files/*</c>.</summary>
    public string PathFamily { get; set; } = "";

    /// <summary>Conversation that the call belongs to; empty when it carries no prompt.</summary>
    public string ConversationId { get; set; } = "";

    /// <summary>
    /// What the person asked, shortened to one line; empty when the request holds no prompt. Not a column: <see cref="SealedPrompt"/>
    /// opened by <see cref="ContentSeal"/>.
    /// </summary>
    public string Prompt { get; set; } = "";

    /// <summary><see cref="Prompt"/> at rest; null when there is none.</summary>
    [JsonIgnore]
    public byte[]? SealedPrompt { get; set; }

    /// <summary>The prompt's words as <see cref="WordIndex"/> keeps them, so that a sealed prompt is found by its words.</summary>
    [JsonIgnore]
    public string PromptWords { get; set; } = "";

    /// <summary>Tokens read, as the answer counts them; null when it does not.</summary>
    public long? InputTokens { get; set; }

    /// <summary>Tokens written, as the answer counts them; null when it does not.</summary>
    public long? OutputTokens { get; set; }

    /// <summary>Of <see cref="InputTokens"/>, those read from the provider's cache.</summary>
    public long? CacheReadTokens { get; set; }

    /// <summary>Of <see cref="InputTokens"/>, those written to the provider's cache.</summary>
    public long? CacheWriteTokens { get; set; }

    /// <summary>How many tools the answer called.</summary>
    public int ToolCalls { get; set; }

    /// <summary>How much of the content is kept.</summary>
    public PrivacyLevel Kept { get; set; } = PrivacyLevel.Full;

    /// <summary>Unix milliseconds by the device's clock.</summary>
    public long StartedMs { get; set; }

    /// <summary>Unix milliseconds by this console's clock; retention goes by it.</summary>
    public long ReceivedMs { get; set; }

    public double? TtfbMs { get; set; }

    public double DurationMs { get; set; }

    public double? AddedUs { get; set; }

    public long RequestBytes { get; set; }

    public long ResponseBytes { get; set; }

    /// <summary>How it ended, an <c>ExchangeEnd</c> name.</summary>
    public required string End { get; set; }

    /// <summary>What is missing; null when complete.</summary>
    public string? Incomplete { get; set; }
}
