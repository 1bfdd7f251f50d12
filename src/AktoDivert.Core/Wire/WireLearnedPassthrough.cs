using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>A learned passthrough as devices report it.</summary>
/// <param name="Process">Executable file name.</param>
/// <param name="Host">SNI.</param>
/// <param name="Reason">Why it was learned.</param>
/// <param name="SinceUnixSeconds">When.</param>
/// <param name="ExpiresUnixSeconds">When it ends; 0 when pinned.</param>
/// <param name="Refusals">How often the app refused so far.</param>
public sealed record WireLearnedPassthrough(
    [property: JsonPropertyName("process")] string Process,
    [property: JsonPropertyName("host")] string Host,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("since")] long SinceUnixSeconds,
    [property: JsonPropertyName("expires")] long ExpiresUnixSeconds,
    [property: JsonPropertyName("refusals")] int Refusals);
