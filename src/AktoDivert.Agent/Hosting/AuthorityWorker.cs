using System.Security.Cryptography;
using System.Threading.Channels;
using AktoDivert.Agent.Policy;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Trust;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Hosting;

/// <summary>
/// Keeps the certificate authority able to sign for what the policy intercepts: at start before anything is redirected, after each change of
/// policy, and every hour because generations age and stores change. Keeps the state of the trust stores for <c>status</c>.
/// </summary>
internal sealed partial class AuthorityWorker(
    PolicyStore policy,
    DeviceAuthority authority,
    AuthorityRollover rollover,
    TrustInstaller trust,
    TimeProvider time,
    ILogger<AuthorityWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromHours(1);

    // Reading Java's keystores starts a Java runtime for each, which would take the processor from the apps' first connections.
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Trust stores by name, as last looked at.</summary>
    public IReadOnlyList<TrustStoreReport> Stores { get; private set; } = [];

    /// <summary>The domains that the authority must be able to sign for.</summary>
    public ConstraintDomains Needed() => ConstraintDomains.From(policy.Provider.Current.Settings);

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        policy.Changed += Changed;
        await rollover.RecoverAsync(cancellationToken);
        await CoverAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        policy.Changed -= Changed;
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var regularly = time.CreateTimer(_ => Changed(), null, FirstLook, Pace);
        try
        {
            await foreach (var _ in _changed.Reader.ReadAllAsync(stoppingToken))
            {
                await CoverAsync(stoppingToken);
                await LookAtStoresAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops; a rollover cut short is put right at the next start.
        }
    }

    private void Changed() => _changed.Writer.TryWrite(true);

    private async Task CoverAsync(CancellationToken cancellationToken)
    {
        var domains = Needed();
        foreach (var left in domains.Inexpressible)
        {
            LogInexpressible(logger, left.Pattern, left.Reason);
        }

        try
        {
            await rollover.EnsureCoversAsync(domains.Domains, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CertificateAuthorityException
            or CryptographicException or PlatformNotSupportedException)
        {
            LogFailed(logger, fault.Message);
        }
    }

    private async Task LookAtStoresAsync(CancellationToken cancellationToken)
    {
        if (authority.Root is { } root)
        {
            Stores = await trust.ShowAsync(root, cancellationToken);
        }
    }

    [LoggerMessage(4060, LogLevel.Warning, "pattern {Pattern} cannot be in a certificate's constraints and passes through: {Reason}")]
    private static partial void LogInexpressible(ILogger logger, string pattern, string reason);

    [LoggerMessage(4061, LogLevel.Error, "the certificate authority could not be renewed, names it does not cover pass through: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
