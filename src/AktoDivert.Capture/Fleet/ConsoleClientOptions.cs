namespace AktoDivert.Capture.Fleet;

/// <summary>Where the console, or an Akto deployment in its place, is.</summary>
public sealed record ConsoleClientOptions
{
    /// <summary>Base address for <c>/api/ingestData</c>, for example <c>https://1000000-guardrails.akto.io</c>.</summary>
    public required Uri Ingestion { get; init; }

    /// <summary>Base address for settings and heartbeat where it is another one (Akto's database-abstractor); null for the same.</summary>
    public Uri? Settings { get; init; }

    /// <summary>
    /// Path of a unix socket to connect to instead of the addresses' host and port: an agent in another network namespace of the same
    /// machine reaches a console that listens on no network. Null for none.
    /// </summary>
    public string? UnixSocket { get; init; }

    /// <summary>Time limit of one request, the settings stream excepted. 1 s to 10 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
