using AktoDivert.Proxy.Intercept.Certificates.Trust;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// Replaces the device CA's generation when the policy outgrows its constraints or its end comes near: made, trusted, switched, the old one
/// removed. A crash between any two steps is put right by <see cref="RecoverAsync"/>: what is not in force never signs again and leaves the
/// trust stores.
/// </summary>
public sealed partial class AuthorityRollover(
    DeviceAuthority authority, TrustInstaller trust, ILogger<AuthorityRollover> logger) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Undoes or finishes what a crash interrupted. Call once at start; with nothing to do it starts no process.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await RetireAllButActiveAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>
    /// Makes sure that the CA may sign for the domains. The first generation is only made: trusting it is the administrator's decision
    /// (<see cref="TrustInstaller.InstallAsync"/>). A later one is installed wherever any store trusts the old one, and takes over only
    /// when each of those stores trusts it; otherwise the old generation stays in force and the new names pass through.
    /// </summary>
    /// <param name="domains">What <see cref="ConstraintDomains.From"/> gives; an empty list needs nothing.</param>
    /// <param name="cancellationToken">Stops the external commands; the next <see cref="RecoverAsync"/> cleans up.</param>
    public async Task<RolloverResult> EnsureCoversAsync(IReadOnlyCollection<string> domains, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return authority.NeedsGeneration(domains)
                ? await ReplaceAsync(domains, cancellationToken)
                : new RolloverResult(RolloverOutcome.Unchanged, []);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task<RolloverResult> ReplaceAsync(IReadOnlyCollection<string> domains, CancellationToken cancellationToken)
    {
        var trusting = authority.Root is { } old ? await trust.ShowAsync(old, cancellationToken) : [];
        trusting = [.. trusting.Where(r => r.State == TrustStoreState.Installed)];

        var next = authority.Stage(domains);
        var reports = trusting.Count > 0 ? await trust.InstallAsync(next.Root, cancellationToken) : [];
        var taken = reports.Where(r => r.State == TrustStoreState.Installed).Select(r => r.Store);
        var missing = trusting.Select(r => r.Store).Except(taken).ToArray();
        if (missing.Length == 0)
        {
            authority.Activate(next);
            LogSwitched(next.Number, next.Domains.Count);
        }
        else
        {
            LogRefused(next.Number, string.Join(", ", missing));
        }

        await RetireAllButActiveAsync(cancellationToken);
        return new RolloverResult(missing.Length == 0 ? RolloverOutcome.Switched : RolloverOutcome.Refused, reports);
    }

    private async Task RetireAllButActiveAsync(CancellationToken cancellationToken)
    {
        if (!authority.RetireLeftovers())
        {
            return;
        }

        var reports = await trust.RemoveAllButAsync(authority.Root, cancellationToken);
        var failed = reports.Where(r => r.State == TrustStoreState.Failed).ToArray();
        foreach (var report in failed)
        {
            LogStillTrusted(report.Store, report.Detail, report.Fix);
        }

        if (failed.Length == 0)
        {
            authority.DeleteLeftovers();
        }
    }

    [LoggerMessage(2801, LogLevel.Information, "Device CA generation {Generation} is in force for {Domains} domains.")]
    private partial void LogSwitched(int generation, int domains);

    [LoggerMessage(2802, LogLevel.Error,
        "Device CA generation {Generation} is not used, as these stores did not take it: {Stores}. New names pass through.")]
    private partial void LogRefused(int generation, string stores);

    [LoggerMessage(2803, LogLevel.Warning, "An older device CA, whose keys are deleted, could not be removed from {Store}: {Detail} {Fix}")]
    private partial void LogStillTrusted(string store, string detail, string fix);
}
