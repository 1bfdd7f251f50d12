using System.Collections.Concurrent;
using System.Net.Security;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>Leaves of a test's own authority, for every name but those under <c>uncovered.test</c>.</summary>
internal sealed class TestLeaves(TestCertificates authority) : ILeafCertificateSource
{
    private readonly ConcurrentDictionary<string, SslStreamCertificateContext> _contexts = new();

    public bool Covers(string host) => !host.EndsWith("uncovered.test", StringComparison.Ordinal);

    public SslStreamCertificateContext? Find(string host) =>
        Covers(host) ? _contexts.GetOrAdd(host, h => SslStreamCertificateContext.Create(authority.Leaf(h), [authority.Root], offline: true)) : null;
}
