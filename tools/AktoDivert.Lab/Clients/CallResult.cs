using System.Text.Json.Serialization;

namespace AktoDivert.Lab.Clients;

/// <summary>How one run of a client went, printed as one line of JSON.</summary>
internal sealed record CallResult
{
    [JsonPropertyName("client")] public required string Client { get; init; }

    /// <summary>Identity of the run.</summary>
    [JsonPropertyName("call")] public required string Call { get; init; }

    /// <summary>Whether the client did what it is there to do, the bodies compared with what the server saw.</summary>
    [JsonPropertyName("ok")] public bool Ok { get; init; }

    /// <summary>HTTP status the client saw; 0 when it saw none or does not tell.</summary>
    [JsonPropertyName("status")] public int Status { get; init; }

    /// <summary>What went wrong, or what the client said.</summary>
    [JsonPropertyName("detail")] public string Detail { get; init; } = "";

    /// <summary>SHA-256 of the body the client sent; empty when it does not tell.</summary>
    [JsonPropertyName("sentSha256")] public string SentSha256 { get; init; } = "";

    /// <summary>SHA-256 of the body the client received, content coding removed; empty when it does not tell.</summary>
    [JsonPropertyName("receivedSha256")] public string ReceivedSha256 { get; init; } = "";

    /// <summary>Requests of this run that reached a server of the lab.</summary>
    [JsonPropertyName("requests")] public int Requests { get; init; }

    /// <summary>Whether both bodies are the same on both ends; for a client that tells no hashes, whether prompt and answer are whole.</summary>
    [JsonPropertyName("bodiesEqual")] public bool BodiesEqual { get; init; }

    [JsonPropertyName("milliseconds")] public double Milliseconds { get; init; }
}
