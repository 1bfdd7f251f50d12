using System.Text.Json;
using System.Text.Json.Serialization;

namespace AktoDivert.WineTests;

/// <summary>What client.py says of a connection.</summary>
internal sealed record ClientResult
{
    /// <summary>The client's own source port.</summary>
    [JsonPropertyName("port")] public int Port { get; init; }

    /// <summary>The port that the server saw: another one when the agent carried the connection.</summary>
    [JsonPropertyName("seenPort")] public int SeenPort { get; init; }

    /// <summary>Whether the server received what was sent.</summary>
    [JsonPropertyName("upEqual")] public bool UpEqual { get; init; }

    /// <summary>Whether the client received what was sent.</summary>
    [JsonPropertyName("downEqual")] public bool DownEqual { get; init; }

    /// <summary>Milliseconds until connect returned.</summary>
    [JsonPropertyName("connectMilliseconds")] public double ConnectMilliseconds { get; init; }

    /// <summary>What went wrong; null when nothing did.</summary>
    [JsonPropertyName("fault")] public string? Fault { get; init; }

    /// <summary>Whether the connection came from one of the proxy's own ports.</summary>
    public bool WasCarried => SeenPort is >= 40_000 and <= 44_095 && SeenPort != Port;

    /// <summary>Reads the lines of client.py.</summary>
    public static IReadOnlyList<ClientResult> Parse(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ClientResult>(line)!)];
}
