using System.Text.Json;
using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>
/// Body of <c>POST /api/agent/diagnostics</c>: what an agent says of itself when the console asks by an event <c>diagnose</c> on the settings
/// stream. Bounded, and without credentials or anything that apps sent.
/// </summary>
public sealed record DiagnosticsReport
{
    /// <summary>Most bytes of a report as JSON.</summary>
    public const int MostBytes = 512 << 10;

    /// <summary>Unix milliseconds by the device's clock.</summary>
    [JsonPropertyName("takenMs")] public long TakenMs { get; init; }

    /// <summary>Version of the agent.</summary>
    [JsonPropertyName("version")] public string Version { get; init; } = "";

    /// <summary>What <c>doctor</c> finds.</summary>
    [JsonPropertyName("findings")] public IReadOnlyList<DiagnosticsFinding> Findings { get; init; } = [];

    /// <summary>What <c>status --json</c> prints.</summary>
    [JsonPropertyName("status")] public JsonElement? Status { get; init; }

    /// <summary>The newest lines of the log, oldest first.</summary>
    [JsonPropertyName("log")] public IReadOnlyList<string> Log { get; init; } = [];
}
