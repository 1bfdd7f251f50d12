namespace AktoDivert.Core.Flows;

/// <summary>What the first bytes of a connection are.</summary>
public enum ConnectionClass
{
    /// <summary>Not known yet.</summary>
    Unknown,

    /// <summary>A TLS ClientHello that parses.</summary>
    Tls,

    /// <summary>Cleartext HTTP.</summary>
    CleartextHttp,

    /// <summary>Another protocol, a malformed or over-long ClientHello.</summary>
    Other,

    /// <summary>The app sent nothing within the silence limit: a server-first protocol, or an idle pre-connect.</summary>
    Silent,
}
