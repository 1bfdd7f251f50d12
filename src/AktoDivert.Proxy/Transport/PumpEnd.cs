namespace AktoDivert.Proxy.Transport;

/// <summary>How one direction of a connection ended.</summary>
internal enum PumpEnd
{
    /// <summary>The source finished in order and that was passed on.</summary>
    Finished,

    /// <summary>Reading from the source failed: it reset the connection or broke its TLS.</summary>
    SourceAborted,

    /// <summary>Writing to the target failed: it is gone while there was data for it.</summary>
    TargetAborted,
}
