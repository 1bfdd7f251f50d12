using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept;

/// <summary>
/// Verifies a server's certificate as a browser would: issuer, name, validity and purpose. The system store decides; roots of the options
/// are a second chance for issuers it does not know. The root that a host's chain ended in lately is tried before all others.
/// </summary>
internal sealed class ServerCertificateCheck(string host, X509Certificate2Collection extraRoots, KnownAnchors anchors)
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>What is wrong with the certificate; null when nothing is, or before the server sent one.</summary>
    public string? Fault { get; private set; }

    private readonly X509Certificate2? _anchor = anchors.Find(host);

    /// <summary>The policy for the first look: by the known root, or by the system store.</summary>
    public X509ChainPolicy FirstPolicy()
    {
        var policy = Policy();
        if (_anchor is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.Add(_anchor);
        }

        return policy;
    }

    /// <summary>The callback of <see cref="SslStream"/>.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Fault = errors switch
        {
            SslPolicyErrors.None => Accept(chain),
            SslPolicyErrors.RemoteCertificateChainErrors when certificate is X509Certificate2 server && chain is not null =>
                CheckChain(server, chain),
            _ => Describe(errors, chain?.ChainStatus),
        };
        return Fault is null;
    }

    private string? Accept(X509Chain? chain)
    {
        if (_anchor is null && chain is not null)
        {
            anchors.Remember(host, chain);
        }

        return null;
    }

    /// <summary>What is wrong with a chain that the first look did not accept; null when another root vouches for it.</summary>
    private string? CheckChain(X509Certificate2 server, X509Chain first)
    {
        var status = first.ChainStatus;
        if (_anchor is not null)
        {
            anchors.Forget(host);
            if (Builds(server, first, roots: null, out status))
            {
                return null;
            }
        }

        return extraRoots.Count > 0 && Builds(server, first, extraRoots, out _)
            ? null
            : Describe(SslPolicyErrors.RemoteCertificateChainErrors, status);
    }

    private bool Builds(X509Certificate2 server, X509Chain first, X509Certificate2Collection? roots, out X509ChainStatus[] status)
    {
        using var chain = new X509Chain { ChainPolicy = Policy() };
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        chain.ChainPolicy.ExtraStore.AddRange(first.ChainPolicy.ExtraStore);
        if (roots is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        }

        var builds = chain.Build(server);
        status = chain.ChainStatus;
        if (builds)
        {
            anchors.Remember(host, chain);
        }

        return builds;
    }

    private static X509ChainPolicy Policy() => new()
    {
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    private static string Describe(SslPolicyErrors errors, X509ChainStatus[]? chain)
    {
        var faults = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            faults.Add("no certificate");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            faults.Add("wrong name");
        }

        foreach (var status in chain ?? [])
        {
            faults.Add(status.Status switch
            {
                X509ChainStatusFlags.NotTimeValid => "expired or not yet valid",
                X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => "unknown issuer",
                var other => other.ToString(),
            });
        }

        return string.Join(", ", faults.Distinct());
    }
}
