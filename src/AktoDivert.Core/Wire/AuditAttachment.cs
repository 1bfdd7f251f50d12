using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>A file or picture that went with a prompt.</summary>
/// <param name="Name">File name; empty when the call gives none.</param>
/// <param name="MediaType">Media type; empty when the call gives none.</param>
/// <param name="Bytes">Size in bytes; null when the call only refers to it.</param>
public sealed record AuditAttachment(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("type")] string MediaType,
    [property: JsonPropertyName("bytes")] long? Bytes);
