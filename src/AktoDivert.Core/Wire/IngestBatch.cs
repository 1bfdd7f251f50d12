using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>Body of <c>POST /api/ingestData</c>.</summary>
/// <param name="Records">1 to 100 records.</param>
public sealed record IngestBatch([property: JsonPropertyName("batchData")] IReadOnlyList<IngestRecord> Records);
