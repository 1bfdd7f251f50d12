namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>Whether a trust store holds the root.</summary>
public enum TrustStoreState
{
    /// <summary>It trusts the root.</summary>
    Installed,

    /// <summary>It is there and does not hold the root.</summary>
    Missing,

    /// <summary>This device has no such store.</summary>
    NotPresent,

    /// <summary>It could not be read or changed; the report holds the reason and the fix.</summary>
    Failed,
}

/// <summary>The state of one trust store.</summary>
/// <param name="Store">Name for people, with the path where there may be several.</param>
/// <param name="State">The state.</param>
/// <param name="Detail">What was found or went wrong; empty when there is nothing to say.</param>
/// <param name="Fix">What to do about it; empty when nothing is to be done.</param>
public sealed record TrustStoreReport(string Store, TrustStoreState State, string Detail = "", string Fix = "");
