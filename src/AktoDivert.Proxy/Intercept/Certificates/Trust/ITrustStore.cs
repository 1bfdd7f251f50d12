namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>
/// One place from which programs take the roots they trust. Members throw <see cref="TrustStoreException"/>, <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/>; installing and removing twice is the same as once.
/// </summary>
internal interface ITrustStore
{
    /// <summary>Name for people, with the path where there may be several.</summary>
    string Name { get; }

    /// <summary>Whether this device has the store.</summary>
    bool IsPresent { get; }

    /// <summary>Whether programs that use this store trust the root.</summary>
    Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken);

    /// <summary>Adds the root and leaves all others.</summary>
    Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken);

    /// <summary>Removes every root of ours but <paramref name="keep"/>, whoever left it there.</summary>
    Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken);
}
