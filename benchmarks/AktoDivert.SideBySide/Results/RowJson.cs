using System.Text.Json.Serialization;

namespace AktoDivert.SideBySide.Results;

/// <summary>Writes <c>latest.json</c>: an array of <c>{work, peer, goal, ratio, min, max, met}</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Row[]))]
internal sealed partial class RowJson : JsonSerializerContext;
