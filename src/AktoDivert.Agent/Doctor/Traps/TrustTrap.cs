using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Hosting;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>An app whose trust store lacks our root refuses every interception, and its calls pass through unseen.</summary>
internal sealed class TrustTrap : IDoctorCheck
{
    /// <inheritdoc />
    public string Name => "trust stores";

    /// <inheritdoc />
    public async ValueTask<DoctorFinding> RunAsync(DoctorSurroundings surroundings, CancellationToken cancellationToken)
    {
        try
        {
            var authority = DeviceAuthority.Open(AgentPaths.Authority(surroundings.Options), Device.Identify(surroundings.Options).Label, surroundings.Time);
            return authority.Root is { } root
                ? Judge(await new TrustInstaller(new TrustRoot(surroundings.Root)).ShowAsync(root, cancellationToken))
                : new DoctorFinding(Name, DoctorOutcome.Warn, "this device has no certificate authority yet", "sudo aktodivert trust install");
        }
        catch (CertificateAuthorityException fault)
        {
            return new DoctorFinding(Name, DoctorOutcome.Fail, fault.Message);
        }
    }

    /// <summary>Judges the stores' own reports.</summary>
    public DoctorFinding Judge(IReadOnlyList<TrustStoreReport> reports)
    {
        var bad = reports.Where(report => report.State is TrustStoreState.Missing or TrustStoreState.Failed).ToArray();
        if (bad.Length == 0)
        {
            return new DoctorFinding(Name, DoctorOutcome.Ok, $"our root is in {string.Join(", ", reports.Where(report => report.State == TrustStoreState.Installed).Select(report => report.Store))}");
        }

        var finding = string.Join("; ", bad.Select(report => $"{report.Store}: {(report.State == TrustStoreState.Missing ? "not installed" : report.Detail)}"));
        return new DoctorFinding(Name, DoctorOutcome.Warn, finding, string.Join("; ", bad.Select(report => report.Fix).Where(fix => fix.Length > 0).Distinct(StringComparer.Ordinal)));
    }
}
