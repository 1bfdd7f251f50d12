namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>Stands for a kind of store of which the device has none, so that reports say so.</summary>
internal sealed class AbsentTrustStore(string name) : ITrustStore
{
    public string Name => name;

    public bool IsPresent => false;

    public Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken) => Task.CompletedTask;
}
