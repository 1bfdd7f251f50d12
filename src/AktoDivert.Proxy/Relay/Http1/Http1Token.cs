namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>What <see cref="Http1Framer"/> found next.</summary>
internal enum Http1Token
{
    /// <summary>The input is used up.</summary>
    NeedMore,

    /// <summary>A whole message head; the caller reads it and calls <see cref="Http1Framer.BeginBody"/>.</summary>
    Head,

    /// <summary>Body bytes, without chunk framing.</summary>
    Body,

    /// <summary>The trailer fields after the last chunk.</summary>
    Trailers,

    /// <summary>The message is over.</summary>
    End,

    /// <summary><see cref="Http1Framer.Fault"/> says what is wrong. The framer is of no use afterwards.</summary>
    Fault,
}
