namespace AktoDivert.Lab.Upstream;

/// <summary>One request as a server of the lab received it. Hashes are SHA-256 in lower-case hex.</summary>
internal sealed record RequestRecord
{
    /// <summary>Position in the log, from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>The client run it belongs to; empty when the request does not say.</summary>
    public required string Call { get; init; }

    public required string Host { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query as sent.</summary>
    public required string Url { get; init; }

    public required string Protocol { get; init; }

    public string ContentEncoding { get; init; } = "";

    public long RequestLength { get; init; }

    /// <summary>Of the body as it came over the wire.</summary>
    public string RequestSha256 { get; init; } = "";

    /// <summary>The hash the client itself named in <c>x-lab-sha256</c>; empty when it named none.</summary>
    public string ClaimedSha256 { get; init; } = "";

    public int Status { get; set; }

    public long ResponseLength { get; set; }

    /// <summary>Of the answer before any content coding.</summary>
    public string ResponseSha256 { get; set; } = "";

    /// <summary>WebSocket messages from the client; 0 for plain HTTP.</summary>
    public int MessagesReceived { get; set; }

    /// <summary>Bodies and messages from the client that held what it asks its model, also where they were compressed.</summary>
    public int PromptMentions { get; set; }

    /// <summary>Whether the answer was written whole; the members about the response are final then.</summary>
    public bool Completed { get; set; }
}
