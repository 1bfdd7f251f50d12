namespace AktoDivert.Proxy.Classify;

/// <summary>What a look at the first bytes found.</summary>
internal enum ClientHelloStatus
{
    /// <summary>A ClientHello may be here; more bytes are needed to tell.</summary>
    Incomplete,

    /// <summary>A whole ClientHello that parses.</summary>
    Complete,

    /// <summary>Not a ClientHello, or one that is malformed or too long.</summary>
    NotClientHello,
}
