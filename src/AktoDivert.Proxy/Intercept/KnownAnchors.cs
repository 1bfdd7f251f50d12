using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept;

/// <summary>
/// Remembers which root a server's chain ended in. The next connections are verified against that root alone, with the same checks, which
/// spares building a store of all the system's roots each time: a fifth of a new connection's CPU. What does not verify that way is verified
/// anew against all roots. Entries last ten minutes, so that a root taken from the system store soon counts no more. Thread-safe; bounded.
/// </summary>
internal sealed class KnownAnchors(TimeProvider time)
{
    private const int Capacity = 1024;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Anchor> _byHost = new(StringComparer.Ordinal);

    private sealed record Anchor(X509Certificate2 Root, long Since);

    /// <summary>The root to verify the host's chain against; null when none is known.</summary>
    public X509Certificate2? Find(string host) =>
        _byHost.TryGetValue(host, out var anchor) && time.GetElapsedTime(anchor.Since) < Life ? anchor.Root : null;

    /// <summary>A chain of the host verified against all roots.</summary>
    public void Remember(string host, X509Chain chain)
    {
        if (chain.ChainElements is not [.., var root] || !root.Certificate.SubjectName.RawData.AsSpan().SequenceEqual(root.Certificate.IssuerName.RawData))
        {
            return;
        }

        if (_byHost.Count >= Capacity)
        {
            _byHost.Clear();
        }

        // The chain's own certificates are disposed with it.
        _byHost[host] = new Anchor(X509CertificateLoader.LoadCertificate(root.Certificate.RawDataMemory.Span), time.GetTimestamp());
    }

    /// <summary>A chain of the host did not end in the root that is known.</summary>
    public void Forget(string host) => _byHost.TryRemove(host, out _);
}
