using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// One generation of the device CA: a root without a private key and its intermediates. Immutable. It is not disposable: a mint may still
/// run on another thread when the next generation takes over, so its key handles are left to their finalizers.
/// </summary>
internal sealed class CaGeneration
{
    private readonly FrozenDictionary<string, ProviderIntermediate>.AlternateLookup<ReadOnlySpan<char>> _byDomain;

    public CaGeneration(int number, X509Certificate2 root, IReadOnlyList<ProviderIntermediate> intermediates)
    {
        Number = number;
        Root = root;
        Intermediates = intermediates;
        NotBefore = new DateTimeOffset(root.NotBefore);
        NotAfter = new DateTimeOffset(root.NotAfter);
        var byDomain = intermediates.SelectMany(i => i.Domains.Select(d => KeyValuePair.Create(d, i)));
        _byDomain = byDomain.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Number { get; }

    public X509Certificate2 Root { get; }

    public IReadOnlyList<ProviderIntermediate> Intermediates { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    public IReadOnlyList<string> Domains => _byDomain.Dictionary.Keys;

    /// <summary>
    /// The intermediate that may sign for the host, or null: the host itself or a parent of it, at label boundaries, is a permitted
    /// subtree.
    /// </summary>
    public ProviderIntermediate? FindIssuer(ReadOnlySpan<char> host)
    {
        while (!_byDomain.ContainsKey(host))
        {
            var dot = host.IndexOf('.');
            if (dot < 0)
            {
                return null;
            }

            host = host[(dot + 1)..];
        }

        return _byDomain[host];
    }
}
