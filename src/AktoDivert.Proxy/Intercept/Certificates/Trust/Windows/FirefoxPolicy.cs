using System.Runtime.Versioning;
using Microsoft.Win32;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>
/// Firefox keeps its own NSS database per profile, and takes the roots of Windows when the policy ImportEnterpriseRoots says so. A policy that
/// somebody else set is left alone, then and at removal.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class FirefoxPolicy : ITrustStore
{
    private const string PolicyKey = @"SOFTWARE\Policies\Mozilla\Firefox\Certificates";
    private const string PolicyValue = "ImportEnterpriseRoots";
    private const string OwnKey = @"SOFTWARE\AktoDivert";
    private const string OwnValue = "FirefoxPolicySet";
    private const string AppPath = @"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\firefox.exe";

    private readonly RootTrustStore _root = new();

    /// <inheritdoc />
    public string Name => "Firefox (policy ImportEnterpriseRoots)";

    /// <inheritdoc />
    public bool IsPresent
    {
        get
        {
            using var key = Registry.LocalMachine.OpenSubKey(AppPath);
            return key is not null || Policy() is not null;
        }
    }

    /// <inheritdoc />
    public async Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken) => Policy() switch
    {
        null => false,
        0 => throw new TrustStoreException(
            $@"HKLM\{PolicyKey}\{PolicyValue} is 0: a policy keeps Firefox from trusting the roots of Windows.", "Change it in the group policy that sets it."),
        _ => await _root.ContainsAsync(anchor, cancellationToken),
    };

    /// <inheritdoc />
    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        if (Policy() is null)
        {
            using var own = Registry.LocalMachine.CreateSubKey(OwnKey);
            own.SetValue(OwnValue, 1);
            using var policy = Registry.LocalMachine.CreateSubKey(PolicyKey);
            policy.SetValue(PolicyValue, 1);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        using var own = keep is null ? Registry.LocalMachine.OpenSubKey(OwnKey, writable: true) : null;
        if (own?.GetValue(OwnValue) is not null)
        {
            using var policy = Registry.LocalMachine.OpenSubKey(PolicyKey, writable: true);
            policy?.DeleteValue(PolicyValue, throwOnMissingValue: false);
            own.DeleteValue(OwnValue);
        }

        return Task.CompletedTask;
    }

    private static int? Policy()
    {
        using var key = Registry.LocalMachine.OpenSubKey(PolicyKey);
        return key?.GetValue(PolicyValue) as int?;
    }
}
