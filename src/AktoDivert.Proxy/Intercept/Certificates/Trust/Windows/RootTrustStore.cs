using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>
/// The machine's root store: SChannel, .NET, Chromium and its kin, Electron, curl of Windows, Go, and what asks for
/// <c>--use-system-ca</c>.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class RootTrustStore : ITrustStore
{
    /// <inheritdoc />
    public string Name => @"Windows root store (LocalMachine\Root)";

    /// <inheritdoc />
    public bool IsPresent => true;

    /// <inheritdoc />
    public Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        using var store = Open(OpenFlags.ReadOnly);
        return Task.FromResult(store.Certificates.Contains(anchor.Certificate));
    }

    /// <inheritdoc />
    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        using var store = Open(OpenFlags.ReadWrite);
        store.Add(anchor.Certificate);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        using var store = Open(OpenFlags.ReadWrite);
        foreach (var old in store.Certificates.Where(TrustAnchor.IsOurs).Where(c => !c.Equals(keep?.Certificate)))
        {
            store.Remove(old);
        }

        return Task.CompletedTask;
    }

    private static X509Store Open(OpenFlags flags)
    {
        var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
        store.Open(flags | OpenFlags.OpenExistingOnly);
        return store;
    }
}
