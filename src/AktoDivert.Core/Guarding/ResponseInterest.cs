namespace AktoDivert.Core.Guarding;

/// <summary>What the guard wants of a response, decided at its head.</summary>
public enum ResponseInterest
{
    /// <summary>Nothing: it passes byte for byte.</summary>
    None,

    /// <summary>It is shown as it passes and never held; what is written as released is ignored.</summary>
    Observe,

    /// <summary>
    /// It passes through the guard, which releases exactly as many bytes as it is given. Framing stays the server's; a content coding is
    /// undone, and the response framed anew.
    /// </summary>
    SameLength,

    /// <summary>It passes through the guard and may change its length: content-length is taken out and the body framed anew.</summary>
    AnyLength,
}
