namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>Limits of the gates on guarded connections.</summary>
public sealed record GateOptions
{
    /// <summary>
    /// Whether what the guard could not judge, because it failed or took too long, passes (and is marked unchecked) or is blocked.
    /// </summary>
    public bool FailOpen { get; init; } = true;

    /// <summary>Most bytes held of one request or message, as on the wire. A larger one is judged by its beginning. 64 KiB to 256 MiB.</summary>
    public int MaxHeldBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most bytes held of all requests of a connection: beyond it the next one to grow is judged by its beginning.</summary>
    public int MaxHeldBytesPerConnection { get; init; } = 64 * 1024 * 1024;

    /// <summary>Most bytes that one held body or message may inflate to; what is beyond is not judged.</summary>
    public int MaxInflatedBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// How long a request or message may be held while the app still sends it: servers end requests whose body is too slow (Kestrel after 5 s
    /// below 240 B/s), and conversations may wait for an answer to its beginning. Then it is judged by its beginning. Counted from the last byte
    /// where the server has nothing of it yet (HTTP/1.1), from the first where it has the head (HTTP/2).
    /// </summary>
    public TimeSpan HoldLimit { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a verdict may take.</summary>
    public TimeSpan JudgeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a quiet response's held suffix stays held. 50 ms to 10 s.</summary>
    public TimeSpan ReleaseAfter { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long an app may take to close a connection after a block answer that closes it.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(5);
}
