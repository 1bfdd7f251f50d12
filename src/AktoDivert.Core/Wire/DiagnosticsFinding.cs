using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>One finding of <c>doctor</c>.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Outcome"><c>ok</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Fix">What to do; empty when nothing.</param>
public sealed record DiagnosticsFinding(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("finding")] string Finding,
    [property: JsonPropertyName("fix")] string Fix);
