using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>
/// Installs the device CA's root into every trust store of the device, and takes it out again. A store that fails is reported with its fix
/// and does not stop the others; every call may be repeated.
/// </summary>
/// <param name="root">The file system that is meant.</param>
public sealed class TrustInstaller(TrustRoot root)
{
    /// <summary>Installs a root where it is missing. Programs that run read most stores at their next start.</summary>
    /// <param name="certificate">The root, see <see cref="DeviceAuthority.Root"/>.</param>
    /// <param name="cancellationToken">Stops the tool that runs; call <see cref="RemoveAsync"/> or this again.</param>
    public Task<IReadOnlyList<TrustStoreReport>> InstallAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        var anchor = TrustAnchor.From(certificate);
        return ForEachAsync(async store =>
        {
            if (await store.ContainsAsync(anchor, cancellationToken))
            {
                return new TrustStoreReport(store.Name, TrustStoreState.Installed, "was installed already");
            }

            await store.InstallAsync(anchor, cancellationToken);
            return await store.ContainsAsync(anchor, cancellationToken)
                ? new TrustStoreReport(store.Name, TrustStoreState.Installed)
                : new TrustStoreReport(
                    store.Name, TrustStoreState.Failed,
                    "The store's tool reported success, but the store does not hold the root.", "Run 'aktodivert doctor'.");
        });
    }

    /// <summary>Removes every root of ours, of any generation, wherever it is found.</summary>
    public Task<IReadOnlyList<TrustStoreReport>> RemoveAsync(CancellationToken cancellationToken) =>
        RemoveAllButAsync(null, cancellationToken);

    /// <summary>Reports where a root is trusted; changes nothing.</summary>
    public Task<IReadOnlyList<TrustStoreReport>> ShowAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        var anchor = TrustAnchor.From(certificate);
        return ForEachAsync(async store => await store.ContainsAsync(anchor, cancellationToken)
            ? new TrustStoreReport(store.Name, TrustStoreState.Installed)
            : new TrustStoreReport(store.Name, TrustStoreState.Missing, Fix: "Run: aktodivert trust install"));
    }

    internal Task<IReadOnlyList<TrustStoreReport>> RemoveAllButAsync(X509Certificate2? keep, CancellationToken cancellationToken)
    {
        var kept = keep is null ? null : TrustAnchor.From(keep);
        return ForEachAsync(async store =>
        {
            await store.RemoveAllButAsync(kept, cancellationToken);
            return new TrustStoreReport(store.Name, TrustStoreState.Missing, "holds no device CA that is not in force");
        });
    }

    private async Task<IReadOnlyList<TrustStoreReport>> ForEachAsync(Func<ITrustStore, Task<TrustStoreReport>> action)
    {
        var reports = new List<TrustStoreReport>();
        foreach (var store in TrustStoreDiscovery.Find(root))
        {
            reports.Add(await ReportAsync(store, action));
        }

        return reports;
    }

    private static async Task<TrustStoreReport> ReportAsync(ITrustStore store, Func<ITrustStore, Task<TrustStoreReport>> action)
    {
        try
        {
            return store.IsPresent ? await action(store) : new TrustStoreReport(store.Name, TrustStoreState.NotPresent);
        }
        catch (TrustStoreException e)
        {
            return new TrustStoreReport(store.Name, TrustStoreState.Failed, e.Message, e.Fix);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SecurityException)
        {
            return new TrustStoreReport(store.Name, TrustStoreState.Failed, e.Message, "Run the command as root, on Windows as an Administrator.");
        }
        catch (Exception e) when (e is IOException or CryptographicException)
        {
            return new TrustStoreReport(
                store.Name, TrustStoreState.Failed, e.Message, "Check the file it names, then run the command again.");
        }
    }
}
