using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>Body of the answer to <c>POST /api/fetchAccountSettings</c>.</summary>
public sealed record AccountSettingsResponse([property: JsonPropertyName("accountSettings")] AccountSettings? AccountSettings);
