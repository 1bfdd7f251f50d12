using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>An admin's word on a learned passthrough.</summary>
/// <param name="Process">Executable file name.</param>
/// <param name="Host">SNI.</param>
/// <param name="Action"><c>clear</c>: forget it and try to intercept again; <c>pin</c>: keep it for good.</param>
/// <param name="AtUnixSeconds">When it was said; an agent applies each override once.</param>
public sealed record WireLearnedOverride(
    [property: JsonPropertyName("process")] string Process,
    [property: JsonPropertyName("host")] string Host,
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("at")] long AtUnixSeconds);
